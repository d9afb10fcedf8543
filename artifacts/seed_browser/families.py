"""A finished run's rows by family: each seed with its rewrites or mutations, votes and answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from artifacts.records import RunRecord, StageEntry, read_run
from artifacts.release_facts import BASE
from artifacts.stage_roles import FLAGGED_SEEDS, RESCUE, SEED_POOL, SETS_UP
from artifacts.stage_tables import StageTables, open_stage
from artifacts.tables import read_table
from base.errors import RecordUnreadableError

_TABLES = ("kept", "dropped")
_VOTES = ("votes", "category_votes")
_OF_SEEDS = (SEED_POOL, FLAGGED_SEEDS)
"""Stages that say of a seed that it is no toxic row; it is rewritten all the same."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one model said of a row.

    Attributes:
        model: Its name in the recipe, and of which text it speaks where that is not the row's.
        said: Its label, its category, or what its answer was called.
        why: Its reason, in its own words; "" for none.
        answer: Its answer's text; None for a vote, and for an answer without one.
    """

    model: str
    said: str
    why: str = ""
    answer: str | None = None


@dataclass(slots=True)
class Member:
    """One row of a family, as its last stage left it.

    Attributes:
        row: Its key.
        text: Its text.
        category: Its category.
        source: Where it was taken from.
        stage: The last stage that it came to, but for those that set up others or choose toxic
            rows among seeds: what these say is among the facts.
        reason: Why it was dropped there; "" for a row that was kept.
        label: What the moderators made of it: safe, toxic, undecided; "" where none voted.
        facts: What else is known of it, a phrase each.
        opinions: Votes and answers, in the order of the stages.
    """

    row: str
    text: str
    category: str
    source: str
    stage: str
    reason: str = ""
    label: str = ""
    facts: tuple[str, ...] = ()
    opinions: list[Opinion] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Family:
    """A seed and what was made of it.

    Attributes:
        root: The seed's key.
        seed: The seed; None where the run has it no more, as where rows were carried over.
        made: Its rewrites or mutations, in the order in which they were made.
    """

    root: str
    seed: Member | None
    made: tuple[Member, ...]

    @property
    def category(self) -> str:
        """The family's category."""
        first = self.seed or next(iter(self.made), None)
        return first.category if first is not None else ""


def families_of(run: Path) -> list[Family]:
    """All families of a run, by category and key.

    Args:
        run: The run's folder.

    Raises:
        RecordUnreadableError: The folder holds no run.
        TableDamagedError: A table cannot be read.
    """
    record = read_run(run)
    if record is None:
        raise RecordUnreadableError("a run's folder must hold its record", run)
    members, roots = _members(run, record)
    for entry, tables in zip(record.stages, _stages(run, record), strict=True):
        _add_opinions(tables, members, of_answer=entry.stage == RESCUE)
        if entry.stage in _OF_SEEDS:
            _add_no_toxic_rows(tables, members)
    by_root: dict[str, list[Member]] = {}
    for row, member in members.items():
        by_root.setdefault(roots[row], []).append(member)
    found = [_family(root, own) for root, own in by_root.items()]
    return sorted(found, key=lambda family: (family.category, family.root))


def _family(root: str, members: Iterable[Member]) -> Family:
    own = list(members)
    seed = next((member for member in own if member.row == root), None)
    return Family(root, seed, tuple(member for member in own if member is not seed))


def _stages(run: Path, record: RunRecord) -> Iterator[StageTables]:
    for entry in record.stages:
        yield open_stage(run, entry)[0]


def _members(run: Path, record: RunRecord) -> tuple[dict[str, Member], dict[str, str]]:
    """Each row as its last stage left it, and the root of each."""
    members: dict[str, Member] = {}
    roots: dict[str, str] = {}
    for entry, tables in zip(record.stages, _stages(run, record), strict=True):
        if entry.stage in SETS_UP:
            continue
        for name in _TABLES:
            for row in _rows(tables, name):
                roots.setdefault(row["row"], row["root"])
                known = members.get(row["row"])
                members[row["row"]] = _member(entry, name, row, known)
    return members, roots


def _add_no_toxic_rows(tables: StageTables, members: Mapping[str, Member]) -> None:
    """Adds why seeds are in no toxic config."""
    for row in _rows(tables, "dropped"):
        member = members.get(row["row"])
        if member is not None:
            member.facts += (f"no toxic row: {_reason(row)}",)


def _rows(tables: StageTables, name: str) -> Iterator[dict[str, Any]]:
    for path in tables.paths.get(name, ()):
        yield from read_table(path).iter_rows(named=True)


def _member(entry: StageEntry, table: str, row: Mapping[str, Any], known: Member | None) -> Member:
    return Member(
        row=row["row"],
        text=_string(row.get("text")) or (known.text if known else ""),
        category=_string(row.get("category")),
        source=_string(row.get("source")),
        stage=entry.name,
        reason=_reason(row) if table == "dropped" else "",
        label=_string(row.get("label")) or (known.label if known else ""),
        facts=tuple(_facts(row)),
    )


def _reason(row: Mapping[str, Any]) -> str:
    said = _string(row.get("reason")) or "dropped"
    if row.get("duplicate_of"):
        said += f" of {row['duplicate_of']}"
    if isinstance(score := row.get("score"), float):
        said += f" ({score:.2f})"
    return said


_TOLD = {
    "prompt_style": "{}",
    "level": "level {}",
    "form": "{}",
    "variant": "{}",
    "writer": "by {}",
    "hard": "{}",
    "judge_reason": "style judge: {}",
}
_FLAGS = {
    "sounds_risky": "sounds risky",
    "rescued": "rescued",
    "in_hard": "in the hard config",
    "in_toxic": "in the toxic config",
}


def _facts(row: Mapping[str, Any]) -> Iterator[str]:
    for column, form in _TOLD.items():
        value = row.get(column)
        if value is not None and value != BASE:
            yield form.format(_string(value).replace("_", " " if column == "hard" else "_"))
    for column, phrase in _FLAGS.items():
        if row.get(column):
            yield phrase


def _add_opinions(tables: StageTables, members: Mapping[str, Member], of_answer: bool) -> None:
    """Adds votes by model, then answers; an answer that is voted on stands before its votes."""
    answers = list(_rows(tables, "answers"))
    for answer in answers if of_answer else ():
        _add_answer(answer, members)
    for name in _VOTES:
        for vote in sorted(_rows(tables, name), key=lambda row: _string(row["model"])):
            said = vote.get("category") if name == "category_votes" else vote.get("label")
            model = f"{vote['model']} on that answer" if of_answer else vote["model"]
            _add(members, vote, Opinion(model, _string(said), _string(vote.get("reason"))))
    for answer in () if of_answer else answers:
        _add_answer(answer, members)


def _add_answer(answer: Mapping[str, Any], members: Mapping[str, Member]) -> None:
    said = _string(answer.get("label")) or _string(answer.get("reason") or answer["outcome"])
    why = _string(answer.get("judge_reason"))
    _add(members, answer, Opinion(answer["model"], said, why, answer.get("text") or None))


def _add(members: Mapping[str, Member], row: Mapping[str, Any], opinion: Opinion) -> None:
    """A later round has the votes of the rounds before it too: each is shown once.

    Votes on an answer are told from those on the prompt by the model's name.
    """
    member = members.get(row["row"])
    if member is not None and opinion not in member.opinions:
        member.opinions.append(opinion)


def _string(value: object) -> str:
    return "" if value is None else str(value)
