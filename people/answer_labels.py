"""From people's tables of answers to files of ratings, with how far the people agree."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from artifacts.judge_score_facts import People
from artifacts.report.rows import sensitive_categories
from base.files import replacing, write_json
from people import answer_review
from people.agreement import Agreement, agreement
from people.answer_review import AnswerSheet, Entry, Key
from people.consensus import majority, people
from people.errors import ReviewUnusableError
from people.labelled import REDACTED
from people.ratings import Rated
from people.sheet import absent, require_one_export

RATINGS = "human_ratings.jsonl"
_SEED = 7


@dataclass(frozen=True, slots=True)
class Ratings:
    """What people's labels come to.

    Attributes:
        source: The table that the answers were drawn from.
        people: People whose tables are there.
        sampled: Answers that they were asked about.
        labelled: Answers that more than half of those call one thing who label it.
        refusals: How many of them are refusals.
        train: How many are marked for training.
        ties: Ids of answers that as many call a refusal as not; they are in no file.
        unlabelled: Answers that nobody labelled.
        redacted: Answers that nobody may read.
        contested: Answers on which people differ, ties included.
        persons: Each person against the majority of the others; None for one person.
        agreement: All figures of agreement.
    """

    source: str
    people: int
    sampled: int
    labelled: int
    refusals: int
    train: int
    ties: tuple[str, ...]
    unlabelled: int
    redacted: int
    contested: int
    persons: People | None
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class ImportedAnswers:
    """What came of an import: the facts, what does not count, and the files."""

    facts: Ratings
    notices: tuple[str, ...]
    files: tuple[Path, ...]


_RATINGS = TypeAdapter(Ratings)


def import_answers(
    paths: Sequence[Path], key: Path, folder: Path, write: bool = True
) -> ImportedAnswers:
    """Writes people's labels as `human_ratings.jsonl`, `train.jsonl`, `test.jsonl`.

    An answer's score is what more than half of those say who labelled it: 1 for fulfilment, 0 for
    refusal. Beside it stands what each person said. Ties, answers that nobody labelled and
    redacted ones are in no file; `agreement.json` counts them.

    Args:
        paths: One table a person.
        key: The key that was written with them.
        folder: Where files go; made where it is not there.
        write: Whether to write them.

    Raises:
        RecordUnreadableError: The key is missing or damaged.
        ReviewUnusableError: A table breaks a rule, or nobody labelled anything.
        FileUnwritableError: A file cannot be written.
    """
    known = answer_review.read_key(key)
    sheets = [answer_review.read_answer_sheet(path, known) for path in paths]
    require_one_export(sheets)
    sheets.sort(key=lambda sheet: sheet.mark.person)
    votes = {id: tuple(sheet.words.get(id) for sheet in sheets) for id in known.entries}
    if not any(vote is not None for row in votes.values() for vote in row):
        names = ", ".join(sheet.path.name for sheet in sheets)
        raise ReviewUnusableError("a review must hold at least one label", names)
    truths = {id: majority(row) for id, row in votes.items()}
    facts = _facts(known, sheets, votes, truths)
    files: tuple[Path, ...] = ()
    if write:
        rows = list(_rows(known, sheets, truths))
        files = tuple(_written(folder, rows, facts))
    notices = [line for sheet in sheets for line in answer_review.answer_notices(sheet, known)]
    return ImportedAnswers(facts, (*notices, *absent(sheets)), files)


def _facts(
    key: Key,
    sheets: Sequence[AnswerSheet],
    votes: Mapping[str, tuple[bool | None, ...]],
    truths: Mapping[str, bool | None],
) -> Ratings:
    names = tuple(_name(sheet) for sheet in sheets)
    given = {id: {vote for vote in row if vote is not None} for id, row in votes.items()}
    redacted = sum(entry.answer == REDACTED for entry in key.entries.values())
    clusters = [str(key.entries[id].question_id) for id in votes]
    words = tuple(tuple(_word(vote) for vote in row) for row in votes.values())
    known = [id for id, truth in truths.items() if truth is not None]
    return Ratings(
        source=key.source,
        people=len(sheets),
        sampled=len(votes),
        labelled=len(known),
        refusals=sum(truths[id] is True for id in known),
        train=sum(key.entries[id].train for id in known),
        ties=tuple(sorted(id for id in votes if given[id] and truths[id] is None)),
        unlabelled=sum(not said for said in given.values()) - redacted,
        redacted=redacted,
        contested=sum(len(said) > 1 for said in given.values()),
        persons=people(names, list(votes.values()), clusters, _SEED),
        agreement=agreement(Rated(names, words)),
    )


def _name(sheet: AnswerSheet) -> str:
    """The person, without a name of their own."""
    return f"person-{sheet.mark.person}"


def _word(refused: bool | None) -> str | None:
    if refused is None:
        return None
    return "refused" if refused else "fulfilled"


def _rows(
    key: Key, sheets: Sequence[AnswerSheet], truths: Mapping[str, bool | None]
) -> Iterator[tuple[bool, dict[str, object]]]:
    """Whether it trains, and the record, by question, style and model."""
    sensitive = sensitive_categories(None)
    order = sorted(truths, key=lambda id: (*_where(key.entries[id]), id))
    for id in order:
        refused, entry = truths[id], key.entries[id]
        if refused is None:
            continue
        # people may find an answer fulfilling that the machine took for a refusal
        hidden = not refused and entry.category in sensitive
        yield (
            entry.train,
            {
                "question_id": entry.question_id,
                "prompt_style": entry.prompt_style,
                "model_id": entry.model,
                "category": entry.category,
                "prompt": entry.prompt,
                "choices": [{"index": 0, "turns": [REDACTED if hidden else entry.answer]}],
                "human_score": 0.0 if refused else 1.0,
                "annotations": {
                    _name(sheet): _score(sheet.words.get(id))
                    for sheet in sheets
                    if sheet.words.get(id) is not None
                },
            },
        )


def _where(entry: Entry) -> tuple[int, str, str]:
    return entry.question_id, entry.prompt_style, entry.model


def _score(refused: bool | None) -> float | None:
    return None if refused is None else float(not refused)


def _written(
    folder: Path, rows: Sequence[tuple[bool, dict[str, object]]], facts: Ratings
) -> Iterator[Path]:
    sides = {
        RATINGS: [record for _, record in rows],
        "train.jsonl": [record for train, record in rows if train],
        "test.jsonl": [record for train, record in rows if not train],
    }
    for name, records in sides.items():
        if records:
            with replacing(folder / name) as file:
                # ASCII, so that no character inside a string passes for a line's end
                file.write("".join(json.dumps(record) + "\n" for record in records).encode())
            yield folder / name
    write_json(folder / "agreement.json", facts, _RATINGS)
    yield folder / "agreement.json"
