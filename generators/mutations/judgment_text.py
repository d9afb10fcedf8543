"""The objects of a judgment in what a model wrote: in a fence, between words, more than once."""

import json
import re
from collections.abc import Mapping
from typing import Any

from base.digests import Json, pattern_part

_OPENS = re.compile(r'\{(?=\s*")')
_READ_CHARACTERS = 20_000
_MOST = 200  # places where an object may open; each that is none may be read to the text's end
# What models that ignore schemas write for a truth value.
_WORDS = {"true": True, "yes": True, "false": False, "no": False}


def judgments_part() -> Json:
    """What is found in a text depends on this, for a digest."""
    return [pattern_part(_OPENS), _READ_CHARACTERS, _MOST, dict(_WORDS)]


def judgment_in(text: str, answers: tuple[str, str]) -> Mapping[str, Any] | None:
    """The object that answers two questions by yes or no, the answers as truth values.

    Of several objects that have both keys the first is taken where all say the same. None where
    there is none, where they differ, or where one says both: nobody can tell which one is meant.

    Args:
        text: What a model wrote; of a long one both ends are read.
        answers: The keys of the two answers.

    Example:
        >>> judgment_in('So {here}: {"is": true, "was": "No"}', ("is", "was"))
        {'is': True, 'was': False}
        >>> judgment_in('{"is": true, "is": false, "was": true}', ("is", "was")) is None
        True
    """
    found = _objects(text, answers)
    said = {tuple(each[key] for key in answers) for each in found}
    return found[0] if len(said) == 1 and None not in next(iter(said)) else None


def _objects(text: str, answers: tuple[str, str]) -> list[dict[str, Any]]:
    """Those that have both keys; one inside an object that has them is a part of that one."""

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        whole = dict(pairs)
        for key in answers:
            if key in whole:
                said = {_truth(value) for name, value in pairs if name == key}
                whole[key] = said.pop() if len(said) == 1 else None
        return whole

    # Not strict: a line may break inside a reason.
    decoder = json.JSONDecoder(strict=False, object_pairs_hook=read)
    text, found, end = _ends(text), list[dict[str, Any]](), 0
    for _ in range(_MOST):
        if (opens := _OPENS.search(text, end)) is None:
            break
        end = opens.end()
        try:
            each, after = decoder.raw_decode(text, opens.start())
        except (ValueError, RecursionError):
            continue
        if all(key in each for key in answers):
            found.append(each)
            end = after
    return found


def _ends(text: str) -> str:
    half = _READ_CHARACTERS // 2
    return text if len(text) <= 2 * half else f"{text[:half]}\n{text[-half:]}"


def _truth(value: object) -> bool | None:
    if isinstance(value, str):
        return _WORDS.get(value.strip().lower())
    return value if isinstance(value, bool) else None
