"""The columns and types of every table that a run or a release holds."""

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

LABELS = {"level": _COUNT, "form": _TEXT}
"""What a writer says of a prompt that it wrote: how close it comes to its seed, from 1 to 5, and
what it is (question, request, statement, instruction). Null where nothing usable was said: of rows
that were imported, or written in a form of answer without it, or released before there were any."""

WRITTEN_SEEDS = pl.Schema({**ROWS, "sub_topic": _TEXT})
"""`kept` tables of seeds that a model wrote: what their call was about, null where calls do not
differ."""

SEED_CALLS = pl.Schema(
    {
        **WRITTEN_SEEDS,
        "role": _TEXT,
        "setting": _TEXT,
        "form": _TEXT,
        "shown": pl.List(pl.Struct({"row": _TEXT, "text": _TEXT})),
    }
)
"""`kept` tables of calls for seeds: the cell that each is about (sub-topic, role, setting and form,
all null where calls do not differ), and the finished seeds that its writer is shown."""

PROMPTS = pl.Schema({**ROWS, **LABELS})
"""`kept` tables of rewritten rows before moderation."""

_VOTED = {
    "label": _TEXT,
    "sounds_risky": _FLAG,
    "safe": _COUNT,
    "toxic": _COUNT,
    "abstain": _COUNT,
}

MODERATED_SEEDS = pl.Schema({**ROWS, **_VOTED})
"""`kept` tables of seeds that are voted on."""

MODERATED = pl.Schema({**PROMPTS, **_VOTED})
"""`kept` tables from moderation on: label (safe, toxic, undecided) and counts of votes."""

RESCUED = pl.Schema({**MODERATED, "rescued": _FLAG})
"""`kept` tables from the rescue on: a rescued row's label is safe, its votes are as they were."""

PANELED = pl.Schema(
    {**RESCUED, "refusals": _COUNT, "answers": _COUNT, "missing": _COUNT, "hard": _TEXT}
)
"""`kept` tables from the panel on: how many targets refused, answered, and gave nothing; `hard`
(hard, not_hard, undecided). All null for a row that the panel was not asked about."""

DRAWN = {"in_hard": _FLAG, "in_toxic": _FLAG}
"""Which of the other configs a row is in, besides the one that shows it."""

SUBSETS = pl.Schema({**PANELED, **DRAWN})
"""`kept` tables of the last stage: which rows were drawn for the hard and the toxic config."""

GIVEN = {
    "cut": _FLAG,
    "refusal_kind": _TEXT,
    "refusal_source": _TEXT,
    "refusal_raw": _TEXT,
    "served_as": _TEXT,
    "key": _TEXT,
}
"""What is known of any answer beside its text, in a build and in an evaluation."""

ANSWERS = pl.Schema(
    {
        "row": _TEXT,
        "root": _TEXT,
        "model": _TEXT,
        "outcome": _TEXT,
        "reason": _TEXT,
        "text": _TEXT,
        **GIVEN,
        "judge": _TEXT,
        "label": _TEXT,
        "refused": _FLAG,
        "judge_reason": _TEXT,
        "judge_key": _TEXT,
    }
)
"""`answers` tables, one row per (row, model): outcome (answered, missing) and why it is missing;
the text without think blocks; `cut` where it ended at the token limit; the server's own refusal
signal as it came; the model's name as the server gave it; and the judge's verdict: label
(direct_answer, direct_refusal, indirect_refusal, unparseable) and whether it is a refusal."""

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

WRITERS = pl.List(
    pl.Struct({"writer": _TEXT, "asks": _COUNT, "texts": _COUNT, "kept": _COUNT, "refused": _COUNT})
)
"""What each writer that was asked about a row gave, in the order in which they were asked: calls,
texts in their answers, texts that were kept, and answers in which it declined."""

WRITTEN = pl.Schema({**PARENTS, "category": _TEXT, "writers": WRITERS})
"""`parents` tables of stages whose writers may be several."""

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

VOTE_FIELDS = {
    "model": _TEXT,
    "label": _TEXT,
    "category": _TEXT,
    "sounds_risky": _FLAG,
    "score": _NUMBER,
}
RELEASE_VOTES = pl.List(pl.Struct(VOTE_FIELDS))

ANSWER_FIELDS = {"model": _TEXT, "outcome": _TEXT, "label": _TEXT, "refused": _FLAG}
"""What of a target's answer is released: its text stays in the run's tables."""
RELEASE_PANEL = pl.List(pl.Struct(ANSWER_FIELDS))

OR_BENCH = pl.Schema(
    {
        "prompt": _TEXT,
        "category": _TEXT,
        "id": _TEXT,
        "row": _TEXT,
        "root": _TEXT,
        "seed_id": _TEXT,
        "writer": _TEXT,
        **LABELS,
        "label": _TEXT,
        "sounds_risky": _FLAG,
        "votes": RELEASE_VOTES,
        "rescued": _FLAG,
        "refusals": _COUNT,
        "answered": _COUNT,
        "panel": RELEASE_PANEL,
        **DRAWN,
        "checks": CHECKS,
        "source": _TEXT,
        "license": _TEXT,
    }
)
"""Shards of an OR-Bench release: the authors' two columns first, then lineage. `refusals`,
`answered` (targets with a verdict) and `panel` are null for a row that no panel was asked about;
`in_hard` and `in_toxic` say whether the row is in these configs too. A
column of this name in SUBSETS is released as it was kept; `verify` holds it against that."""

OR_BENCH_WITH_SEEDS = pl.Schema({**OR_BENCH, "seed": _TEXT})
"""The same with each seed's text, for unsafe configs alone; the first edition had it in all."""

ORIGIN = {"origin": _TEXT}
"""What the toxic config has besides where seeds may be in it: whether a row is a `seed` itself or a
`rewrite` of one."""

OR_BENCH_ANY = pl.Schema({**OR_BENCH_WITH_SEEDS, **ORIGIN})
"""Every column that a config may have."""

OR_BENCH_KEPT = {"prompt": "text", "answered": "answers"}
"""Released columns that kept rows have under another name."""

MADE_ANEW = ("row", "refusals", "answered", "panel", "in_hard", "in_toxic", "domain")
"""Columns that a row need not have as the release had it that it is carried from."""

TOLD = {
    "votes": "votes",
    "panel": "panel",
    "rescued": "rescued",
    "sounds_risky": "sounds risky",
    "question_id": "question",
    "encoding": "encoding",
    "variant": "variant",
    "writer": "writer",
    "level": "level",
    "form": "form",
    "origin": "origin",
    "source": "source",
}
"""What a report says of a row beside its text, in this order: columns, and what it calls them."""


def with_evidence(schema: pl.Schema) -> pl.Schema:
    """The schema of a `dropped` table: a `kept` one with why each row is out."""
    evidence = {"reason": _TEXT, "score": _NUMBER, "duplicate_of": _TEXT}
    return pl.Schema({**schema, **evidence})


def kept_and_dropped(kept: pl.Schema, **beside: pl.Schema) -> dict[str, pl.Schema]:
    """A stage's tables: rows of one schema kept, or dropped with evidence, and others beside."""
    return {"kept": kept, "dropped": with_evidence(kept), **beside}


DROPPED = with_evidence(ROWS)
"""`dropped` tables before moderation."""
