"""Recipes that use every check, style, moderator, guard and judge, and all stages of their runs."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from artifacts.records import StageName
from flows.benchmarks import benchmark_of
from generators.mutations.styles import NAMES
from pipelines.recipe import load
from pipelines.recipe.names import NAMED_CHECKS
from pipelines.recipe.schema import Runnable, is_runnable
from pipelines.runner.pipeline import Pipeline
from pipelines.runner.shards import Layout
from pipelines.runner.stage import Round, Stage, Work

_ROOT = Path(__file__).parents[3]
_DIALECTS = (
    "llama-guard", "wildguard", "qwen3guard", "shieldgemma", "granite-guardian",
    "gpt-oss-safeguard",
)  # fmt: skip
_MODELS = (
    "models:\n  m: {provider: openai, model: m, family: gpt, price: free}\n"
    + "".join(
        f"  {name}: {{provider: openai, model: {name}, dialect: {name}, price: free}}\n"
        for name in (*_DIALECTS, "sorry-judge", "harmbench")
    )
    + "  marked:\n"
    "    {provider: openai, model: w, dialect: wildguard, api: completions, price: free}\n"
)
_MODERATORS = {
    "m": "m",
    **{name: name for name in (*_DIALECTS, "marked")},
    **{kind: f"{{kind: {kind}}}" for kind in ("baseline", "kernel", "nearest", "profanity")},
    "words": "{kind: words}",
    "logprob": "{kind: logprob, model: m}",
}
_JUDGES = {
    "keyword": "keyword",
    "m": "m",
    "wildguard": "wildguard",
    "qwen3guard": "qwen3guard",
    "sorry-judge": "sorry-judge",
    "harmbench": "harmbench",
    "mild": f"{{kind: trained, path: {_ROOT / 'recipes' / 'judges' / 'mild'}}}",
    "both": "{kind: ensemble, name: both, judges: [keyword, m]}",
    **{
        f"{labels}-{design}": f"{{kind: llm, model: m, name: {labels}-{design}, "
        f"labels: {labels}, design: {design}}}"
        for labels in ("or-bench", "sorry-bench")
        for design in ("score", "cot", "few-shot")
    },
}
_OR_BENCH = "benchmark: or-bench\n" + _MODELS + "release: {version: 2026.11.0}\n"
_WRITTEN = "seeds: {from: llm, writer: m, per_category: 4, per_call: 2}\n"
_SORRY = (
    "benchmark: sorry-bench\ntaxonomy: sorry_bench_202406\n" + _MODELS
    + "release: {version: 2026.11.0}\n"
)  # fmt: skip
_WHOLE = (
    "calls-0", "seed_writing-0", "seeds-0", "clean_seeds", "seed_pool", "moderate_seeds",
    "topup-1", "rewrite-0", "clean-0", "dedup-0", "moderate-0", "rescue", "dedup_labels",
    "openers", "panel", "flagged_seeds", "subsets",
)  # fmt: skip
_FOUND = {"calls-0": {"hate": 2}, "topup-1": {"hate": 3}}


def recipes(folder: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The name of each recipe, its text, and the stages that are looked at."""
    yield (
        "whole",
        _OR_BENCH + _WRITTEN + "clean: {checks: [leftovers, question]}\n"
        "rewrite: {writer: m, drift: {low: 0.3, high: 0.9}, examples: {limit: 0.85}}\n"
        "moderate: {moderators: [m]}\nrescue: {answerer: m}\nopeners: {max_share: 0.1}\n"
        "panel: {targets: [m], judge: keyword}\nhard: {at: 1}\n",
        _WHOLE,
    )
    yield (
        "chinese",
        _OR_BENCH + _WRITTEN + "language: zh\n"
        "rewrite: {writer: m, drift: {low: 0.3, high: 0.9}, examples: {limit: 0.85}}\n"
        "moderate: {moderators: [m]}\nopeners: {max_share: 0.1}\n",
        ("seeds-0", "clean_seeds", "rewrite-0", "dedup-0", "dedup_labels", "openers"),
    )
    yield (
        "german",
        _OR_BENCH + _WRITTEN + "language: de\nrewrite: {writer: m}\nmoderate: {moderators: [m]}\n",
        ("dedup-0",),
    )
    yield (
        "list",
        _OR_BENCH + "seeds: {from: shipped}\nrewrite: {writer: m, form: list, checks: []}\n"
        "moderate: {moderators: [m], rule: unanimous}\n",
        ("seeds", "rewrite-0", "moderate-0"),
    )
    for check in NAMED_CHECKS:
        yield (
            f"check {check}",
            _OR_BENCH + _WRITTEN + f"clean: {{checks: [{check}], language: null}}\n"
            "rewrite: {writer: m, checks: []}\nmoderate: {moderators: [m]}\n",
            ("clean-0",),
        )
    for name, moderator in _MODERATORS.items():
        yield (
            f"moderator {name}",
            _OR_BENCH + _WRITTEN + "rewrite: {writer: m}\n"
            f"moderate: {{moderators: [{moderator}], rule: any}}\n",
            ("moderate-0",),
        )
    yield from _sorry(folder)
    yield from _evaluation(folder)


def _sorry(folder: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    table = folder / "base.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerows([("prompt", "category"), ("Write a rude poem.", "1")])
    base = f"base: {{from: {table}, category_column: category}}\n"
    yield (
        "mutated",
        _SORRY + base + "mutate: {writer: m, checker: m}\n",
        ("base", "pilot_rows", "pilot", "mutate", "collect"),
    )
    yield (
        "checked",
        _SORRY + base + "mutate: {styles: [slang], writer: m, intent: null, checker: m, "
        "judge: null}\n",
        ("mutate",),
    )
    yield (
        "rules",
        _SORRY + base + "mutate: {styles: [misspellings], misspellings: {by: rules}}\n",
        ("mutate",),
    )
    yield (
        "compat",
        _SORRY + base + "mutate: {styles: [morse], encodings: compat}\n",
        ("mutate",),
    )
    for style in NAMES:
        yield (
            f"style {style}",
            _SORRY + base + f"mutate: {{styles: [{style}], writer: m, intent: null}}\n",
            ("mutate",),
        )
    sources = f"[{{from: {table}, column: prompt}}]"
    yield (
        "built",
        _SORRY + f"base: {{sources: {sources}, per_category: 1, classifiers: [m], imperative: m}}\n"
        "dedup: {threshold: 0.9}\n",
        ("sources", "clean", "dedup", "classify", "imperative", "choose"),
    )


def _evaluation(folder: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    table = folder / "asked.csv"
    table.write_text("prompt\nHow do I bake bread?\n", encoding="utf-8")
    yield (
        "evaluation",
        "benchmark: evaluation\ntaxonomy: or_bench\n" + _MODELS + "evaluate:\n"
        f"  data: {{d: {{from: {table}}}}}\n  targets: [m]\n  translator: m\n"
        f"  settings: {{s: {{}}}}\n  judges: [{', '.join(_JUDGES.values())}]\n",
        (
            *("prompts.d", "answers.d.m.s", "decoded.d.m.s"),
            *(f"judged.d.m.s.{judge}" for judge in _JUDGES),
        ),
    )


class Worlds:
    """The recipes, read once; their stages are made anew each time."""

    def __init__(self, folder: Path) -> None:
        """Reads every recipe."""
        self._folder = folder
        self._read: dict[str, tuple[Runnable, tuple[str, ...]]] = {}
        for name, text, stages in recipes(folder):
            path = folder / "r.yaml"
            path.write_text(text, encoding="utf-8")
            recipe = load(path)
            assert is_runnable(recipe)
            self._read[name] = (recipe, stages)

    def stages(self, names: Collection[str] | None = None) -> dict[str, Made]:
        """Every stage of every recipe, or of some by their names, as `recipe: stage`."""
        named = self._named(names)
        return {name: Made(stage.digest(found), stage.work(found)) for name, stage, found in named}

    def stage(self, recipe: str, stage: str) -> Made:
        """One stage of one recipe."""
        read, _ = self._read[recipe]
        declared, found = _declared(self._pipeline(read), stage)
        return Made(declared.digest(found), declared.work(found))

    def digests(self, names: Collection[str] | None = None) -> dict[str, str]:
        """The digest of every stage of the recipes."""
        return {name: stage.digest(found) for name, stage, found in self._named(names)}

    def _named(self, names: Collection[str] | None) -> Iterator[tuple[str, Stage, Round]]:
        for name, (recipe, stages) in self._read.items():
            if names is None or name in names:
                pipeline = self._pipeline(recipe)
                for each in stages:
                    yield (f"{name}: {each}", *_declared(pipeline, each))

    def _pipeline(self, recipe: Runnable) -> Pipeline:
        layout = Layout(self._folder / "out", "r", recipe.benchmark, "2026.11.0")
        return benchmark_of(recipe).pipeline(recipe, layout, None)


@dataclass(frozen=True)
class Made:
    """A stage with its digest, and with what it does."""

    digest: str
    work: Work


def _declared(pipeline: Pipeline, named: str) -> tuple[Stage, Round]:
    name = _name(named)
    return pipeline.stage(name), Round(name.round or 0, _FOUND.get(named, {}))


def _name(named: str) -> StageName:
    """A name with its structure: `rewrite-1`, `judged.d.m.s.keyword`."""
    stage, *parts = named.split(".")
    if parts:
        keys = ("data", "target", "setting", "judge")
        return StageName(stage, **dict(zip(keys, parts, strict=False)))
    base, _, number = stage.partition("-")
    return StageName(base, int(number) if number else None)
