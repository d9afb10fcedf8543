"""The rows of an over-refusal release as the stages of the release that extends it know them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet

import polars as pl

from artifacts.schemas import RESCUED, VOTES, with_evidence
from flows.runner.stage import Outcome, Row
from flows.stages.rows import drop
from flows.versions.carry import CARRIED, WITHDRAWN
from flows.versions.earlier import Earlier
from flows.versions.references import rows_of

SEEDS = pl.Schema({"row": pl.String, "root": pl.String, "text": pl.String})
"""`seeds` tables of carried rows: each one's seed as it was released."""

TABLES = {"kept": RESCUED, "dropped": with_evidence(RESCUED), "votes": VOTES, "seeds": SEEDS}


def carried_prompts(parent: Earlier, withdrawn: AbstractSet[str]) -> Outcome:
    """Every row of a release with its label, votes and seed; withdrawn ones are dropped.

    What a release does not show is not carried: reasons of votes, ledger keys, places.
    """
    may = {source.name: source.redistribute for source in parent.manifest.sources}
    kept: list[Row] = []
    dropped: list[Row] = []
    votes: list[Row] = []
    seeds: list[Row] = []
    for released in rows_of(parent).iter_rows(named=True):
        row = _row(released, may.get(released["source"], False))
        if released["id"] in withdrawn:
            dropped.append(drop(row, WITHDRAWN))
            continue
        known = {"row": row["row"], "root": row["root"]}
        kept.append(row)
        seeds.append({**known, "text": released.get("seed")})
        votes += [
            {**vote, **known, "reason": None, "key": None} for vote in released["votes"] or ()
        ]
    return Outcome(kept, dropped, {"votes": votes, "seeds": seeds})


def _row(released: Row, redistribute: bool) -> Row:
    counts = Counter(vote["label"] for vote in released["votes"] or ())
    return {
        **{name: released.get(name) for name in RESCUED},
        "position": CARRIED,
        "text": released["prompt"],
        "redistribute": redistribute,
        "rescued": bool(released.get("rescued")),
        **{label: counts[label] for label in ("safe", "toxic", "abstain")},
    }
