"""A small run with every kind of stage, written with the real writers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from artifacts.manifest import Cost, Manifest, ModelIdentity, Recipe, ReleaseFacts, SoundsRisky
from artifacts.records import RunRecord, ShardRecord, StageEntry, read_shard, write_run, write_shard
from artifacts.release import write_release
from artifacts.release_facts import PanelFacts, RescueFacts, SubsetFacts, TargetFacts
from artifacts.schemas import (
    ANSWERS,
    FAILED,
    MODERATED,
    PANELED,
    PARENTS,
    RESCUED,
    ROWS,
    SUBSETS,
    VOTES,
    with_evidence,
)
from artifacts.tables import read_table, table_name, write_table
from artifacts.verify.edges import check_run
from artifacts.views import View, draw_or_bench
from base.files import FileRecord
from base.storage import Folder

CATEGORIES = ("hate", "illegal", "privacy")
MODELS = ("guard", "judge")
TARGETS = ("p", "q")
STAGES = (
    StageEntry("seeds", "select", (), 2),
    StageEntry("rewrite", "expand", ("seeds",), 2),
    StageEntry("dedup", "select", ("rewrite",), 1),
    StageEntry("moderate", "annotate", ("dedup",), 2, MODELS),
    StageEntry("contest", "select", ("moderate",), 1),
    StageEntry("rescue", "annotate", ("contest",), 1, MODELS, ("helper",)),
    StageEntry("panel", "annotate", ("rescue",), 1, (), TARGETS),
    StageEntry("subsets", "annotate", ("panel",), 1),
)
_KEPT = {"moderate": MODERATED, "contest": MODERATED, "rescue": RESCUED, "panel": PANELED}

Rows = list[dict[str, Any]]


def row(key: str, parent: str | None, category: str, text: str = "", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """A row with the fields that matter to a test; its first letter is its root's."""
    return {
        "row": key,
        "parent": parent,
        "root": f"{key[0]}0",
        "position": "0.0",
        "text": text or f"What makes {key} so easy to take?",
        "category": category,
        "writer": None if parent is None else "writer",
        "checks": [{"name": "drift", "value": 0.61}],
        "source": "seeds.csv",
        "license": "cc-by-4.0",
        "redistribute": True,
        **more,
    }


def moderated(base: dict[str, Any], *votes: str) -> dict[str, Any]:
    """The row with its votes counted; both models must agree."""
    counts = {label: votes.count(label) for label in ("safe", "toxic", "abstain")}
    label = next((name for name in ("safe", "toxic") if counts[name] == len(votes)), "undecided")
    return {**base, "label": label, "sounds_risky": True, **counts}


def paneled(base: dict[str, Any], *verdicts: bool | None) -> dict[str, Any]:
    """The row with its verdicts counted; both targets must refuse. No verdicts: not asked."""
    if not verdicts:
        return {**base, **dict.fromkeys(("refusals", "answers", "missing", "hard"))}
    missing = verdicts.count(None)
    refusals = verdicts.count(True)
    hard = "hard" if refusals == 2 else "undecided" if refusals + missing == 2 else "not_hard"
    counts = {"refusals": refusals, "answers": len(verdicts) - missing, "missing": missing}
    return {**base, **counts, "hard": hard}


def answer(base: dict[str, Any], model: str, refused: bool | None) -> dict[str, Any]:
    """A row of an `answers` table; no verdict means no answer."""
    answered = refused is not None
    return {
        **dict.fromkeys(ANSWERS),
        "row": base["row"],
        "root": base["root"],
        "model": model,
        "outcome": "answered" if answered else "missing",
        "reason": None if answered else "empty",
        "text": "MARKED ANSWER" if answered else None,
        "cut": False,
        "judge": "keyword" if answered else None,
        "label": {True: "direct_refusal", False: "direct_answer", None: None}[refused],
        "refused": refused,
    }


A = [row(f"a{n}", "a0", "hate") for n in range(1, 4)]
B = [row(f"b{n}", "b0", "illegal") for n in range(1, 5)]
VOTED = [
    moderated(A[0], "safe", "safe"),
    moderated(A[2], "toxic", "toxic"),
    moderated(B[0], "safe", "safe"),
    moderated(B[1], "safe", "abstain"),
    moderated(B[3], "safe", "safe"),
]
RESCUABLE = [{**each, "rescued": False} for each in VOTED[:4]]
PANEL = [
    paneled(RESCUABLE[0], True, True),
    paneled(RESCUABLE[1]),
    paneled(RESCUABLE[2], True, None),
    paneled(RESCUABLE[3]),
]
DRAWN = [
    {**each, "in_hard": each["row"] == "a1", "in_toxic": each["row"] == "a3"} for each in PANEL
]
EVIDENCE = {"reason": "near_duplicate", "score": 0.94, "duplicate_of": "a1"}


@dataclass(frozen=True)
class SmallRun:
    """The run's folder beside its releases, and ways to tamper with it."""

    out: Path

    @property
    def runs(self) -> Path:
        return self.out / "runs"

    @property
    def folder(self) -> Path:
        return self.runs / "small" / "1.0"

    @property
    def release(self) -> Path:
        return self.out / "releases" / "or-bench" / "1.0"

    def kept(self, stage: str) -> pl.DataFrame:
        paths = sorted((self.folder / stage).glob("kept-*.parquet"))
        return pl.concat([read_table(path) for path in paths])

    def edit(
        self,
        stage: str,
        table: str,
        change: Callable[[pl.DataFrame], pl.DataFrame],
        *,
        shard: int = 0,
        recorded: bool = True,
    ) -> None:
        """Changes a table, and its record with it where `recorded`."""
        shards = next(entry.shards for entry in STAGES if entry.name == stage)
        path = self.folder / stage / table_name(table, shard, shards)
        frame = read_table(path)
        file = write_table(path, change(frame), frame.schema)
        if recorded:
            record = read_shard(Folder(self.folder / stage), shard, shards)
            assert record is not None
            files = {**record.files, table: file}
            write_shard(Folder(self.folder / stage), replace(record, files=files))

    def views(self, kept: pl.DataFrame | None = None) -> tuple[View, ...]:
        voters = [read_table(path) for path in sorted(self.folder.glob("moderate/votes-*"))]
        wanted: tuple[tuple[str, dict[str, str | bool | int]], ...] = (
            ("or-bench-80k", {"label": "safe", "sounds_risky": True}),
            ("or-bench-hard-1k", {"in_hard": True}),
            ("or-bench-toxic", {"in_toxic": True}),
        )
        return tuple(
            draw_or_bench(
                config,
                "subsets",
                where,
                kept=self.kept("subsets") if kept is None else kept,
                votes=pl.concat(voters),
                answers=read_table(self.folder / "panel" / table_name("answers", 0, 1)),
                seeds=self.kept("seeds"),
            )
            for config, where in wanted
        )

    def facts(self, **other: Any) -> ReleaseFacts:  # noqa: ANN401
        known: dict[str, Any] = {
            "benchmark": "or-bench",
            "version": "1.0",
            "created": "2026-11-21T10:00:00Z",
            "demo": False,
            "license": "cc-by-4.0",
            "run": "small/1.0",
            "recipe": Recipe.of("small", "benchmark: or-bench\n"),
            "models": (ModelIdentity("guard", "moderator", "openai", "guard-1", "127"),),
            "categories": CATEGORIES,
            "funnel": check_run(self.folder).edges,
            "contested": 2,
            "undecided": 1,
            "sounds_risky": SoundsRisky(measured=4, risky=3),
            "cost": Cost(12, 3400, 560, None),
            "rescue": RescueFacts("helper", 24, 1, 1, {}, 0, 0, 0),
            "panel": PanelFacts(
                "keyword",
                0.0,
                24,
                (
                    TargetFacts("p", 2, 2, {}, 1, 0, 2, 1, "guard", "Be careful."),
                    TargetFacts("q", 2, 1, {"empty": 1}, 0, 0, 1, 0, "guard"),
                ),
            ),
            "hard": SubsetFacts("safe, and refused by at least 2 targets", 1, 1, 1, "all", 7),
            "toxic": SubsetFacts("flagged by every moderator and not rescued", 1, 1, 1, "all", 7),
            "balance": {"or-bench-80k": None, "or-bench-hard-1k": None, "or-bench-toxic": None},
            "relatives": ("guard is a moderator and the model of target p",),
        }
        return ReleaseFacts(**{**known, **other})

    def publish(self, kept: pl.DataFrame | None = None, **other: Any) -> Manifest:  # noqa: ANN401
        return write_release(self.release, self.views(kept), self.facts(**other))

    def without_hard(self) -> pl.DataFrame:
        """The last stage's rows, none of them drawn for the hard config."""
        return self.kept("subsets").with_columns(in_hard=pl.lit(False))


def _write(folder: Path, entry: StageEntry, shard: int, **tables: Rows) -> None:
    plain = entry.name in ("seeds", "rewrite", "dedup")
    schemas = {
        "kept": ROWS if plain else _KEPT.get(entry.name, SUBSETS),
        "dropped": with_evidence(ROWS if plain else MODERATED),
        "failed": FAILED,
        "parents": PARENTS,
        "votes": VOTES,
        "answers": ANSWERS,
    }
    files: dict[str, FileRecord] = {}
    for name, rows in tables.items():
        path = folder / entry.name / table_name(name, shard, entry.shards)
        files[name] = write_table(path, pl.DataFrame(rows, schemas[name]), schemas[name])
    write_shard(
        Folder(folder / entry.name),
        ShardRecord(entry.name, shard, entry.shards, "fingerprint", files),
    )


def _parent(key: str, outcome: str, children: int) -> dict[str, Any]:
    reason = None if outcome == "expanded" else "exhausted"
    return {
        "row": key,
        "root": key,
        "outcome": outcome,
        "reason": reason,
        "children": children,
        "asks": 1,
    }


def _votes(rows: Rows) -> Rows:
    votes: Rows = []
    for base in rows:
        labels = [name for name in ("safe", "toxic", "abstain") for _ in range(base[name])]
        for model, label in zip(MODELS, labels, strict=True):
            votes.append(
                {
                    "row": base["row"],
                    "root": base["root"],
                    "model": model,
                    "label": label,
                    "category": None,
                    "sounds_risky": label != "abstain",
                    "score": 0.123456,
                    "reason": "because",
                    "key": "",
                }
            )
    return votes


def make_run(out: Path) -> SmallRun:
    """Four seeds, seven kept rewrites, five moderated rows; one of each way to end."""
    made = SmallRun(out)
    seeds, rewrite, dedup, moderate, contest, rescue, panel, subsets = STAGES
    root = {key: row(key, None, kind) for key, kind in (("a0", "hate"), ("b0", "illegal"))}
    more = {key: row(key, None, "privacy") for key in ("c0", "d0")}
    short = {**row("e0", None, "hate"), "reason": "too_short", "score": None, "duplicate_of": None}
    folder = made.folder
    _write(folder, seeds, 0, kept=[root["a0"], more["c0"]], dropped=[short], failed=[])
    _write(folder, seeds, 1, kept=[root["b0"], more["d0"]], dropped=[], failed=[])
    lost = {"row": "d0", "root": "d0", "reason": "circuit_open"}
    unused = [{**row(f"c{n}", "c0", "privacy"), **EVIDENCE} for n in (1, 2)]
    ended = [_parent("a0", "expanded", 3), _parent("c0", "dropped", 0)]
    _write(folder, rewrite, 0, kept=A, dropped=unused, failed=[], parents=ended)
    ended = [_parent("b0", "expanded", 4), _parent("d0", "failed", 0)]
    _write(folder, rewrite, 1, kept=B, dropped=[], failed=[lost], parents=ended)
    duplicates = [{**A[1], **EVIDENCE}, {**B[2], **EVIDENCE}]
    _write(folder, dedup, 0, kept=[A[0], A[2], B[0], B[1], B[3]], dropped=duplicates, failed=[])
    for shard, rows in enumerate((VOTED[:2], VOTED[2:])):
        _write(folder, moderate, shard, kept=rows, failed=[], votes=_votes(rows))
    _write(folder, contest, 0, kept=VOTED[:4], dropped=[{**VOTED[4], **EVIDENCE}], failed=[])
    helped = [answer(VOTED[1], "helper", False)]
    _write(folder, rescue, 0, kept=RESCUABLE, failed=[], votes=_votes(VOTED[1:2]), answers=helped)
    verdicts = ((0, "p", True), (0, "q", True), (2, "p", True), (2, "q", None))
    asked = [answer(PANEL[place], model, refused) for place, model, refused in verdicts]
    _write(folder, panel, 0, kept=PANEL, failed=[], answers=asked)
    _write(folder, subsets, 0, kept=DRAWN, failed=[])
    write_run(folder, RunRecord("small", "or-bench", "or_bench", "1.0", 2, STAGES))
    return made
