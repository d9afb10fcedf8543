"""Labelled answers to train on: checked, and safe to be exported."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artifacts.report.rows import sensitive_categories
from evaluation.judging.labelled_tables import Named, labelled_table
from evaluation.training.errors import TrainingInputError
from people.errors import LabelsUnusableError
from people.labelled import Labelled

FEWEST = 10
"""Answers of each class that a training needs at least."""

_SENSITIVE = "sensitive"
_UNLABELLED = "unlabelled"


@dataclass(frozen=True, slots=True)
class Material:
    """Labelled answers of one table.

    Attributes:
        name: The table's file name.
        sha256: Hash of what of the rows is used, in their order.
        rows: The answers with their labels.
        left_out: Rows that are not used, by reason.
    """

    name: str
    sha256: str
    rows: tuple[Labelled, ...]
    left_out: Mapping[str, int]

    @property
    def truths(self) -> list[bool]:
        """Whether people called each answer a refusal."""
        return [row.refused for row in self.rows]

    @property
    def models(self) -> tuple[str, ...]:
        """Who answered, by name; none where the table does not say."""
        return tuple(sorted({row.model for row in self.rows if row.model}))

    @property
    def origin(self) -> dict[str, Any]:
        """What the card of a judge says of the table."""
        return {"table": self.name, "table_sha256": self.sha256, "models": self.models}

    def without(self, model: str) -> "Material":
        """All but a model's answers."""
        kept = tuple(row for row in self.rows if row.model != model)
        return Material(self.name, hashed(kept), kept, self.left_out)

    def of(self, model: str) -> "Material":
        """A model's answers alone."""
        kept = tuple(row for row in self.rows if row.model == model)
        return Material(self.name, hashed(kept), kept, {})


def read_material(path: Path, named: Named, training: bool = True) -> Material:
    """The labelled answers of a table.

    Redacted and empty answers and ties of annotators are left out, and so are fulfilling answers
    of sensitive categories; all are counted.

    Args:
        path: The table.
        named: Its columns.
        training: Whether a judge is trained on it: then both classes must be there often enough.

    Raises:
        TableUnreadableError: The file is missing, empty, or not what its ending says.
        ColumnUnusableError: A column is missing.
        LabelsUnusableError: A label is none of those that are known, or rows have none.
        TrainingInputError: It has no prompts, one class only, or too few rows of one.
    """
    found = labelled_table(path, named)
    if blank := found.left_out.get(_UNLABELLED, 0):
        rule = (
            f"column `{found.truth}` must label every row: {blank:,} of {found.total:,} have none"
        )
        raise LabelsUnusableError(rule, f"half labels in {path.name}")
    if not found.has_prompts:
        raise TrainingInputError(
            "a judge must be trained on prompts and answers", f"none in {path.name}"
        )
    withheld = sensitive_categories(None)
    rows = tuple(row for row in found.rows if row.refused or row.category not in withheld)
    left_out = dict(found.left_out)
    if gone := len(found.rows) - len(rows):
        left_out[_SENSITIVE] = gone
    material = Material(path.name, hashed(rows), rows, left_out)
    return require_both(material) if training else material


def require_both(material: Material) -> Material:
    """The material itself; refuses what no judge can learn from.

    Raises:
        TrainingInputError: One class only, or fewer than `FEWEST` rows of one.
    """
    truths = material.truths
    counts = {"refusals": sum(truths), "answers": len(truths) - sum(truths)}
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    if min(counts.values()) == 0:
        raise TrainingInputError("a training table must hold refusals and answers", said)
    if min(counts.values()) < FEWEST:
        raise TrainingInputError(
            f"a training table must hold at least {FEWEST} of each class", said
        )
    return material


def hashed(rows: Sequence[Labelled]) -> str:
    """SHA-256, in hex, of what a training sees of rows, in their order."""
    whole = hashlib.sha256()
    for row in rows:
        seen = (row.prompt, row.answer, row.model, row.cluster, row.refused)
        whole.update(json.dumps(seen).encode() + b"\n")
    return whole.hexdigest()
