"""The columns and types of every table that a run or a release holds."""

from __future__ import annotations

import polars as pl

_TEXT = pl.String()
_FLAG = pl.Boolean()
_COUNT = pl.Int32()
_NUMBER = pl.Float64()

CHECKS = pl.List(pl.Struct({"name": _TEXT, "value": _NUMBER}))
"""What the checks measured on a text, in the order in which they ran."""

ROWS = pl.Schema(
    {
        "row": _TEXT,
        "parent": _TEXT,
        "root": _TEXT,
        "position": _TEXT,
        "text": _TEXT,
        "category": _TEXT,
        "writer": _TEXT,
        "checks": CHECKS,
        "source": _TEXT,
        "license": _TEXT,
        "redistribute": _FLAG,
    }
)
"""`kept` tables of every stage before moderation."""

MODERATED = pl.Schema(
    {
        **ROWS,
        "label": _TEXT,
        "sounds_risky": _FLAG,
        "safe": _COUNT,
        "toxic": _COUNT,
        "abstain": _COUNT,
    }
)
"""`kept` tables from moderation on: label (safe, toxic, undecided) and counts of votes."""

FAILED = pl.Schema({"row": _TEXT, "root": _TEXT, "reason": _TEXT})
"""`failed` tables: rows for which no reply could be had; asked again on resume."""

PARENTS = pl.Schema(
    {
        "row": _TEXT,
        "root": _TEXT,
        "outcome": _TEXT,
        "reason": _TEXT,
        "children": _COUNT,
        "asks": _COUNT,
    }
)
"""`parents` tables of expand stages: outcome (expanded, dropped, failed), kept children, asks."""

VOTES = pl.Schema(
    {
        "row": _TEXT,
        "root": _TEXT,
        "model": _TEXT,
        "label": _TEXT,
        "category": _TEXT,
        "sounds_risky": _FLAG,
        "score": _NUMBER,
        "reason": _TEXT,
        "key": _TEXT,
    }
)
"""`votes` tables, one row per (row, model): label (safe, toxic, abstain), the ledger's key."""

CONTESTED = pl.Schema(
    {"row": pl.String, "root": pl.String, "other": pl.String, "score": pl.Float64}
)
"""`contested` tables: near pairs of kept rows whose labels differ."""

RELEASE_VOTES = pl.List(
    pl.Struct(
        {
            "model": _TEXT,
            "label": _TEXT,
            "category": _TEXT,
            "sounds_risky": _FLAG,
            "score": _NUMBER,
        }
    )
)

OR_BENCH = pl.Schema(
    {
        "prompt": _TEXT,
        "category": _TEXT,
        "id": _TEXT,
        "row": _TEXT,
        "root": _TEXT,
        "seed": _TEXT,
        "writer": _TEXT,
        "label": _TEXT,
        "sounds_risky": _FLAG,
        "votes": RELEASE_VOTES,
        "checks": CHECKS,
        "source": _TEXT,
        "license": _TEXT,
    }
)
"""Shards of an OR-Bench release: the authors' two columns first, then lineage."""


def with_evidence(schema: pl.Schema) -> pl.Schema:
    """The schema of a `dropped` table: a `kept` one with why each row is out."""
    evidence = {"reason": _TEXT, "score": _NUMBER, "duplicate_of": _TEXT}
    return pl.Schema({**schema, **evidence})


DROPPED = with_evidence(ROWS)
"""`dropped` tables before moderation."""

MODERATED_DROPPED = with_evidence(MODERATED)
"""`dropped` tables from moderation on."""
