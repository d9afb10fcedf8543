"""The columns of a base set's tables, of mutations, and of a SORRY-Bench release."""

import polars as pl

from artifacts.schemas import CHECKS, ROWS, WRITERS, with_evidence

_TEXT = pl.String()
_FLAG = pl.Boolean()
_COUNT = pl.Int32()
_NUMBER = pl.Float64()
_ID = pl.Int64()

SOURCED = pl.Schema({**ROWS, "stated": _TEXT})
"""Rows of prior tables: `stated` is the category that their own table gives them, or null. Their
`category` is `none` until they are classified."""

_SORTED = {
    "verdict": _TEXT,
    "agreement": _NUMBER,
    "confidence": _NUMBER,
    "second": _TEXT,
}

CLASSIFIED = pl.Schema({**SOURCED, **_SORTED})
"""Classified rows: `category` is what most votes name; `verdict` (decided, undecided) says whether
the rule is satisfied with them; `agreement` is their share of all that were asked, `confidence`
their mean, `second` the next choice."""

CATEGORY_VOTES = pl.Schema(
    {
        "row": _TEXT,
        "root": _TEXT,
        "model": _TEXT,
        "category": _TEXT,
        "second": _TEXT,
        "confidence": _NUMBER,
        "reason": _TEXT,
        "key": _TEXT,
    }
)
"""`category_votes` tables, one row per (row, model); an abstention has no category."""

BASE = pl.Schema(
    {
        **CLASSIFIED,
        "question_id": _ID,
        "prompt_style": _TEXT,
        "machine": _TEXT,
        "chosen_by": _TEXT,
    }
)
"""A base set: `machine` is the category that the classifiers chose, `chosen_by` (machine, person,
given) who put the row into the set. A set that was loaded has neither votes nor choices."""

REVIEW = pl.Schema(
    {
        "row": _TEXT,
        "root": _TEXT,
        "id": _TEXT,
        "why": _TEXT,
        "text": _TEXT,
        "source": _TEXT,
        "machine": _TEXT,
        "machine_chosen": _FLAG,
        "second": _TEXT,
        "stated": _TEXT,
        "agreement": _NUMBER,
        "confidence": _NUMBER,
        "cluster": _COUNT,
        "cluster_rows": _COUNT,
        "decision": _TEXT,
        "category": _TEXT,
        "rewrite": _TEXT,
        "note": _TEXT,
    }
)
"""`review` tables: every candidate as machine and people see it. `machine_chosen` is what the
machine alone would have done; `decision`, `category`, `rewrite` and `note` are a person's."""

VARIANT = "variant"
"""The column of mutated rows that releases of earlier versions have not."""

MUTATED = pl.Schema(
    {
        **ROWS,
        "question_id": _ID,
        "prompt_style": _TEXT,
        "encoding": _TEXT,
        VARIANT: _TEXT,
    }
)
"""Mutated rows: the parent is the base row, whose `question_id` and category they have. `encoding`
(canonical, compat, each perhaps -bare) says how a row was encoded; null for all other styles.
`variant` names the dialect, jargon, role or slang that the writer was asked for; null where the
style has none, and in rows from before there were any."""

UNMUTATED = pl.Schema({**with_evidence(MUTATED), "judge_reason": _TEXT})
"""Mutated rows that are out; `judge_reason` is what the style judge said of one, else null."""

MUTATIONS = pl.Schema(
    {
        "row": _TEXT,
        "root": _TEXT,
        "prompt_style": _TEXT,
        "outcome": _TEXT,
        "reason": _TEXT,
        "asks": _COUNT,
        "category": _TEXT,
        "writers": WRITERS,
        "judge_reason": _TEXT,
    }
)
"""`mutations` tables, one row per (base row, style): outcome (kept, dropped, stopped), why the
last attempt was not used, how often writers were asked, what each of them gave, and what the style
judge said of the text that was kept, or of the last that was dropped; null where it said nothing.
"""

COLLECTED = pl.Schema({**MUTATED, "number": _TEXT, "base_row": _TEXT, "id": _TEXT})
"""Base and mutated rows together, as they are released: `number` is the category's."""

NAMED = {"category_name": _TEXT, "domain": _TEXT, "base": _TEXT}
"""What a released row says of its category and its base request in words."""

SORRY_BENCH = pl.Schema(
    {
        "question_id": _ID,
        "category": _TEXT,
        "turns": pl.List(_TEXT),
        "prompt_style": _TEXT,
        **NAMED,
        "id": _TEXT,
        "row": _TEXT,
        "root": _TEXT,
        "base_row": _TEXT,
        "writer": _TEXT,
        "checks": CHECKS,
        "encoding": _TEXT,
        VARIANT: _TEXT,
        "source": _TEXT,
        "license": _TEXT,
    }
)
"""Shards of a SORRY-Bench release: the authors' four columns first, then lineage. `category` is the
category's number as text, `category_name` and `domain` are what the taxonomy calls it; `turns`
holds one text, `base` that of the base request, a base row's own too. A column of this name in
COLLECTED is released as it was kept; `verify` holds it against that."""

SORRY_BENCH_KEPT = {"category": "number", "turns": "text", "category_name": "category"}
"""Released columns that kept rows have under another name."""
