"""The checks that a recipe may name, and how they are made from its options."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from base.did_you_mean import did_you_mean
from base.digests import require_digest
from base.registry import table_of
from checks.artefacts import ControlCharacters, Leftovers, Repetition
from checks.drift import DriftBand, NearExample
from checks.errors import CheckUnknownError, OptionInvalidError
from checks.language import Language
from checks.language_table import ENGLISH, tongue
from checks.length import Length
from checks.new_name import NewName
from checks.refusal_phrases import WriterRefused
from checks.request_form import Question
from checks.style_rules import STYLE_RULES, StyleRule
from inference.types import Check

Options = Mapping[str, Any]


def _always(rule: StyleRule) -> Callable[[], Check]:
    return lambda: rule


_MAKERS: dict[str, Callable[..., Check]] = table_of(
    "check",
    (
        (ControlCharacters.name, ControlCharacters),
        (DriftBand.name, DriftBand),
        (NearExample.name, NearExample),
        (Language.name, Language),
        (Leftovers.name, Leftovers),
        (Length.name, Length),
        (NewName.name, NewName),
        (Question.name, Question),
        (Repetition.name, Repetition),
        (WriterRefused.name, WriterRefused),
        *((rule.name, _always(rule)) for rule in STYLE_RULES),
    ),
)
NAMES = tuple(sorted(_MAKERS))

_ENGLISH_ONLY = frozenset({Question.name, NewName.name, *(rule.name for rule in STYLE_RULES)})
_LATIN_ONLY = frozenset({Repetition.name})  # its words are runs of letters without their marks


def knows_language(name: str, code: str) -> bool:
    """Whether a check of that name works on texts of a language.

    Example:
        >>> knows_language("reversal", "zh"), knows_language("control_characters", "zh")
        (False, True)
    """
    if name in _ENGLISH_ONLY:
        return code == ENGLISH
    return name not in _LATIN_ONLY or tongue(code).script == "Latin"


def build(names: Sequence[str], **options: Options) -> tuple[Check, ...]:
    """The checks of these names, in this order.

    Args:
        names: What a recipe lists.
        **options: Each check's own options by its name; `length={"max_chars": 300}`. Options of a
            check that is not named are looked over.

    Raises:
        CheckUnknownError: A name is none of `NAMES`.
        OptionInvalidError: An option is unknown, missing or out of its range.
        DigestError: A check has no digest.
    """
    return tuple(_make(name, options.get(name, {})) for name in names)


def _make(name: str, options: Options) -> Check:
    if name not in _MAKERS:
        raise CheckUnknownError(f"a check must be a known one{did_you_mean(name, NAMES)}", name)
    maker = _MAKERS[name]
    _require_options(name, options, inspect.signature(maker).parameters)
    made = maker(**options)
    require_digest("check", name, made)
    return made


def _require_options(
    name: str, options: Options, parameters: Mapping[str, inspect.Parameter]
) -> None:
    for option in options:
        if not parameters:
            raise OptionInvalidError(f"{name}: takes no options", option)
        if option not in parameters:
            hint = did_you_mean(option, parameters)
            raise OptionInvalidError(f"{name}: an option must be a known one{hint}", option)
    for option, parameter in parameters.items():
        if parameter.default is parameter.empty and option not in options:
            raise OptionInvalidError(f"{name}: the option {option!r} is given", "nothing")
