"""The columns of the tables that mutations are made in, and of a SORRY-Bench release."""

from __future__ import annotations

import polars as pl

from artifacts.schemas import CHECKS, ROWS, with_evidence

_TEXT = pl.String()
_COUNT = pl.Int32()
_ID = pl.Int64()

MUTATED = pl.Schema({**ROWS, "question_id": _ID, "prompt_style": _TEXT, "encoding": _TEXT})
"""Mutated rows: the parent is the base row, whose `question_id` and category they have. `encoding`
(canonical, compat, each perhaps -bare) says how a row was encoded; null for all other styles."""

MUTATED_DROPPED = with_evidence(MUTATED)
"""Attempts that came to nothing, one a row; without a text where the whole reply was unusable, and
where a style was stopped."""

MUTATIONS = pl.Schema(
    {
        "row": _TEXT,
        "root": _TEXT,
        "prompt_style": _TEXT,
        "outcome": _TEXT,
        "reason": _TEXT,
        "asks": _COUNT,
    }
)
"""`mutations` tables, one row per (base row, style): outcome (kept, dropped, stopped), why the
last attempt was not used, and how often a writer was asked."""

COLLECTED = pl.Schema({**MUTATED, "number": _TEXT, "base_row": _TEXT, "id": _TEXT})
"""Base and mutated rows together, as they are released: `number` is the category's."""

SORRY_BENCH = pl.Schema(
    {
        "question_id": _ID,
        "category": _TEXT,
        "turns": pl.List(_TEXT),
        "prompt_style": _TEXT,
        "id": _TEXT,
        "row": _TEXT,
        "root": _TEXT,
        "base_row": _TEXT,
        "writer": _TEXT,
        "checks": CHECKS,
        "encoding": _TEXT,
        "source": _TEXT,
        "license": _TEXT,
    }
)
"""Shards of a SORRY-Bench release: the authors' four columns first, then lineage. `category` is the
category's number as text, `turns` holds one text."""
