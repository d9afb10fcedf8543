"""The sheet of a base set: its columns and ids, and what people decided, row by row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from base.did_you_mean import did_you_mean
from base.digests import digest_of
from base.files import sha256_file
from checks.artefacts import ControlCharacters
from checks.clean import tidy
from checks.identity import HEX_CHARACTERS
from inference.types import Item
from people.errors import ReviewUnusableError
from people.sheet import LONGEST, Format, read_words
from people.spreadsheet import CellTable, read_cells
from taxonomy import Taxonomy
from taxonomy.question_ids import category_named, nearest_category

Verb = Literal["accept", "reject"]
VERBS: tuple[Verb, ...] = get_args(Verb)
NEEDED = ("id", "prompt", "decision", "category", "rewrite", "note")
COLUMNS = (
    *("id", "why", "prompt", "source", "machine", "machine_chosen", "second", "stated"),
    *("agreement", "confidence", "cluster", "cluster_rows"),
    *("decision", "category", "rewrite", "note"),
)
"""The columns of a review table; `NEEDED` are those that a file must still have to be imported."""

_ROW = re.compile(rf"r-([0-9a-f]{{{HEX_CHARACTERS}}})")
_NEW = re.compile(r"new-(.+)-([1-9]\d*)")
_CONTROL = ControlCharacters()


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's word on one row.

    Attributes:
        id: The row's id in review tables: `r-` and its root's key, or `new-CATEGORY-NUMBER`.
        verb: `accept` puts the row into the set before any that the machine chose; `reject` keeps
            it out.
        category: The category that it is accepted in; None for the machine's.
        rewrite: Other words for it, or the words of a new row; None for its own.
        note: Whatever else was said.
        prompt: The row's text as the table had it.
        machine: The category that the machine had chosen when the table was written.
    """

    id: str
    verb: Verb
    category: str | None
    rewrite: str | None
    note: str
    prompt: str
    machine: str

    @property
    def root(self) -> str | None:
        """The root's key of the row, or None for a new row."""
        found = _ROW.fullmatch(self.id)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class DecisionFile:
    """All decisions of a file.

    Attributes:
        decisions: By id, in the file's order; rows that nobody decided on are left out.
        undecided: How many rows those are.
        sha256: Of the file's bytes.
        sheet: How the file was read.
    """

    decisions: Mapping[str, Decision]
    undecided: int
    sha256: str
    sheet: CellTable

    @property
    def digest(self) -> str:
        """Of what was decided; notes, and rows that nobody decided on, decide nothing."""
        said = [
            [each.id, each.verb, each.category, each.rewrite, each.prompt, each.machine]
            for each in self.decisions.values()
        ]
        return digest_of("decisions", said)

    @property
    def new(self) -> tuple[Decision, ...]:
        """The rows that people wrote."""
        return tuple(each for each in self.decisions.values() if each.root is None)


def row_id(root: str) -> str:
    """A row's id in review tables: a letter first, so that no spreadsheet takes it for a number."""
    return f"r-{root}"


def new_id(category: str, number: int) -> str:
    """The id of a place that is still empty."""
    return f"new-{category}-{number}"


def read_decisions(path: Path, taxonomy: Taxonomy) -> DecisionFile:
    """The decisions of a review table, as exported, as a spreadsheet saved it, or as imported.

    Args:
        path: The file.
        taxonomy: Whose categories rows may be accepted in.

    Raises:
        ReviewUnusableError: A column is missing, an id is none or stands twice, a decision or a
            category is unknown, or a decision lacks what it needs.
    """
    table = read_cells(path, NEEDED)
    form = Format(
        NEEDED,
        "as they were exported",
        lambda own: own if _is_id(own, taxonomy) else None,
        lambda own, cells, where: _decision(own, cells, taxonomy, where),
        lambda own: {},  # prompts are held against the run, which is not known here
    )
    words = read_words(table, form)
    found = {own: said for own, said in words.items() if said is not None}
    digest = sha256_file(path)
    return DecisionFile(found, len(words) - len(found), digest, table)


def _is_id(own: str, taxonomy: Taxonomy) -> bool:
    new = _NEW.fullmatch(own)
    return bool(_ROW.fullmatch(own)) or bool(new and new[1] in taxonomy.names)


def _decision(
    own: str, cells: Mapping[str, str], taxonomy: Taxonomy, where: str
) -> Decision | None:
    said, given = cells["decision"].strip().lower(), cells["category"].strip()
    rewrite = tidy(cells["rewrite"])
    if not said:
        if given or rewrite:
            raise ReviewUnusableError(
                "a category or rewrite must come with the decision accept", where
            )
        return None
    verb = next((each for each in VERBS if each == said), None)
    if verb is None:
        rule = f"a decision must be {' or '.join(VERBS)}{did_you_mean(said, VERBS)}"
        raise ReviewUnusableError(rule, f"{said[:LONGEST]} in {where}")
    category = _category(given, taxonomy, where)
    if own.startswith("new-"):
        if verb == "accept" and not rewrite:
            raise ReviewUnusableError("a new row must have its text in the column rewrite", where)
        category = category or own.removeprefix("new-").rpartition("-")[0]
    if _CONTROL(Item(own, rewrite, ""), rewrite):
        raise ReviewUnusableError(
            "a rewrite must hold no control codes and no half characters", where
        )
    note, prompt, machine = cells["note"].strip(), cells["prompt"], cells.get("machine", "").strip()
    return Decision(own, verb, category, rewrite or None, note, prompt, machine)


def _category(given: str, taxonomy: Taxonomy, where: str) -> str | None:
    if not given:
        return None
    found = category_named(taxonomy, given)
    if found is None:
        hint = nearest_category(taxonomy, given)
        rule = f"a category must be a name or number of taxonomy {taxonomy.name}{hint}"
        raise ReviewUnusableError(rule, f"{given[:LONGEST]} in {where}")
    return found
