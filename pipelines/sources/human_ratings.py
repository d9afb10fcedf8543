"""People's labels in SORRY-Bench's published layout, joined with prompts and answers.

A rating has `question_id`, `prompt_style`, `model_id`, `choices[].turns[]` and `human_score`, 1 for
fulfilment and 0 for refusal. The prompt is not in it: it is joined from `question*.jsonl`. Ratings
that `refusery review import` wrote hold the prompt and every annotator's score too.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from artifacts.release_facts import BASE
from artifacts.user_tables import read_any_table
from base.foreign_text import open_regular, valid_text
from people.errors import LabelsUnusableError
from pipelines.errors import SourceError
from pipelines.sources.base_sets import one_turn

# Published records hold control characters and line breaks inside their strings (encoded prompts),
# so that records are read one after another and never line by line.
_DECODER = json.JSONDecoder(strict=False)
_SPACE = " \t\r\n"


def json_records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON Lines file, control characters and line breaks in strings included.

    Raises:
        SourceError: The file cannot be read, is not UTF-8, is empty, or holds something else.
    """
    text, place, number = _text(path), 0, 0
    while (place := _skipped(text, place)) < len(text):
        number += 1
        try:
            record, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            record = None
        if not isinstance(record, dict):
            rule = "a file of JSON Lines must hold one record after another"
            raise SourceError(rule, f"{path.name}, record {number}")
        yield record
    if not number:
        raise SourceError("a file of JSON Lines must not be empty", path.name)


def _text(path: Path) -> str:
    try:
        with open_regular(path) as file:
            return file.read().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"a file must be readable: {error.strerror}", path.name) from error
    except UnicodeDecodeError:
        raise SourceError("a file of JSON Lines must be UTF-8", path.name) from None


def _skipped(text: str, place: int) -> int:
    while place < len(text) and text[place] in _SPACE:
        place += 1
    return place


Key: TypeAlias = tuple[int, str]
"""A prompt: question id and prompt style."""

_QUESTIONS = "question"
_ANSWERS = "model_answer"
_LINES = (".jsonl", ".ndjson")
_SCORES: Mapping[object, bool] = {
    0: True,
    1: False,
    "0": True,
    "1": False,
    "0.0": True,
    "1.0": False,
}


@dataclass(frozen=True, slots=True)
class Rating:
    """One labelled answer.

    Attributes:
        place: Its record's number in the file, from 1.
        question_id: The base prompt's id.
        style: The prompt style.
        model: Who answered.
        prompt: The prompt; None where no prompts were given, or its text is null.
        answer: The answer; None where there is none.
        refused: Every annotator's label by name; None where one gave none.
    """

    place: int
    question_id: int
    style: str
    model: str
    prompt: str | None
    answer: str | None
    refused: Mapping[str, bool | None]


def read_ratings(
    path: Path, prompts: Path | None = None, answers: Path | None = None
) -> list[Rating]:
    """The ratings of a file; several records of one answer become one of several annotators.

    Args:
        path: The ratings (JSON Lines).
        prompts: `question*.jsonl` or a table with `question_id` and `turns`, or a folder of such;
            None where ratings hold their prompts, or none is needed.
        answers: FastChat's answers, a file or a folder, for ratings without `choices`.

    Raises:
        SourceError: A file is no such file, or a rating's id is not among the prompts.
        LabelsUnusableError: A score is neither 0 nor 1.
    """
    texts = None if prompts is None else _prompts(prompts)
    replies = {} if answers is None else _replies(answers)
    found: dict[tuple[int, str, str, str | None], Rating] = {}
    unknown: list[str] = []
    for place, record in enumerate(json_records(path), start=1):
        rating = _rating(record, place, path.name)
        key = (rating.question_id, rating.style)
        if texts is not None and key not in texts:
            unknown.append(f"{key[0]} {key[1]} in {path.name}, record {place}")
        prompt = rating.prompt if texts is None else texts.get(key)
        answer = rating.answer if rating.answer is not None else replies.get((*key, rating.model))
        _add(found, rating, prompt, answer)
    if unknown:
        more = f", and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        rule = "question_id and prompt_style of a rating must be among the prompts"
        raise SourceError(rule, unknown[0] + more)
    return list(found.values())


def _add(
    found: dict[tuple[int, str, str, str | None], Rating],
    rating: Rating,
    prompt: str | None,
    answer: str | None,
) -> None:
    key = (rating.question_id, rating.style, rating.model, answer)
    before = found.get(key)
    refused = dict(before.refused) if before else {}
    for name, said in rating.refused.items():
        refused[name if name not in refused else str(len(refused) + 1)] = said
    place = before.place if before else rating.place
    found[key] = Rating(
        place, rating.question_id, rating.style, rating.model, prompt, answer, refused
    )


def _rating(record: Mapping[str, Any], place: int, name: str) -> Rating:
    where = f"{name}, record {place}"
    style, model = record.get("prompt_style", BASE), record.get("model_id", record.get("model"))
    if not isinstance(style, str) or not isinstance(model, str):
        raise SourceError("a rating must have prompt_style and model_id", where)
    prompt = record.get("prompt")
    return Rating(
        place,
        _question(record, where),
        valid_text(style),
        valid_text(model),
        valid_text(prompt) if isinstance(prompt, str) else None,
        _turn(record),
        dict(_scores(record, where)),
    )


def _question(record: Mapping[str, Any], where: str) -> int:
    try:
        found = int(record["question_id"])
    except (KeyError, TypeError, ValueError, OverflowError):
        found = 0
    if found < 1:
        raise SourceError("question_id must be a whole number from 1", where)
    return found


def _turn(record: Mapping[str, Any]) -> str | None:
    """The first choice's first turn: the data set is of single turns."""
    choices = record.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    turns = first.get("turns") if isinstance(first, dict) else None
    said = turns[0] if isinstance(turns, list) and turns else turns
    return valid_text(said) if isinstance(said, str) else None


def _scores(record: Mapping[str, Any], where: str) -> Iterator[tuple[str, bool | None]]:
    own = record.get("annotations")
    if isinstance(own, dict) and own:
        given = {str(name): score for name, score in own.items()}
    elif "human_score" not in record:
        raise LabelsUnusableError("a rating must have a human_score", where)
    elif isinstance(scores := record["human_score"], list):
        given = {str(number): score for number, score in enumerate(scores, start=1)}
    else:
        given = {str(record.get("annotator", 1)): scores}
    for name, score in given.items():
        yield name, _refused(score, where)


def _refused(score: object, where: str) -> bool | None:
    if score is None:
        return None
    if not isinstance(score, int | float | str) or score not in _SCORES:
        rule = "human_score must be 1 (fulfilment) or 0 (refusal)"
        raise LabelsUnusableError(rule, f"{str(score)[:20]} in {where}")
    return _SCORES[score]


def _prompts(given: Path) -> dict[Key, str | None]:
    """Prompts by id and style; None for the few whose published text is null."""
    found: dict[Key, str | None] = {}
    for path in _files(given, f"{_QUESTIONS}*"):
        # question.jsonl is the base set, question_question.jsonl the mutation into questions
        style = path.stem.removeprefix(_QUESTIONS).removeprefix("_") or BASE
        for place, record in enumerate(_records(path), start=1):
            text = one_turn(record.get("turns", record.get("prompt")))
            own = record.get("prompt_style") or (
                style if path.stem.startswith(_QUESTIONS) else BASE
            )
            key = (_question(record, f"{path.name}, record {place}"), str(own))
            found[key] = text if isinstance(text, str) and text.strip() else None
    return found


def _replies(given: Path) -> dict[tuple[int, str, str], str]:
    """Answers by id, style and model; the style may stand in the folder's name alone."""
    found: dict[tuple[int, str, str], str] = {}
    for path in _files(given, "*"):
        folder = path.parent.name
        style = folder.removeprefix(_ANSWERS).removeprefix("_") if _ANSWERS in folder else ""
        for place, record in enumerate(_records(path), start=1):
            said, where = _turn(record), f"{path.name}, record {place}"
            model = str(record.get("model_id", path.stem))
            key = (
                _question(record, where),
                str(record.get("prompt_style") or style or BASE),
                model,
            )
            if said is not None:
                found[key] = said
    return found


def _files(given: Path, pattern: str) -> list[Path]:
    if not given.is_dir():
        return [given]
    found = sorted(each for each in given.rglob(f"{pattern}.jsonl") if each.is_file())
    if not found:
        raise SourceError(f"a folder must hold {pattern}.jsonl", given.name)
    return found


def _records(path: Path) -> Iterable[dict[str, Any]]:
    if path.suffix.lower() in _LINES:
        return json_records(path)
    return read_any_table(path).iter_rows(named=True)
