"""Flagged seeds as toxic rows: which join, where they stand, how they go on to later versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from artifacts.manifest import read_manifest
from artifacts.schemas import OR_BENCH, PANELED, ROWS
from artifacts.seed_browser.families import families_of
from artifacts.version_facts import Tombstone
from curation.rows import Dropped
from flows.benchmarks import plan
from inference.types import Program
from people.released import open_released
from pipelines.or_bench.toxic_seeds import flagged, pooled
from pipelines.recipe import load
from pipelines.recipe.panel import Toxic
from pipelines.runner.rows import split
from pipelines.runner.stage import Frames, Row
from taxonomy.loader import shipped_seeds
from tests.loopback import write_recipe
from tests.pipelines.versions.making import SMALL, version, withdraw
from tests.programs import Given, drive
from tests.servers.behaviours import Router
from tests.servers.openai_server import Server, serve
from tests.servers.voters import Moderator, Verdict
from tests.servers.writers import Writer

_TOXIC = "or-bench-toxic"


def _row(key: str, text: str, **more: Any) -> Row:  # noqa: ANN401 - any column's value
    """A flagged row; `root` is another one but for a seed."""
    return {
        **dict.fromkeys(PANELED),
        "row": key,
        "root": "a seed",
        "position": "0.1",
        "text": text,
        "category": "hate",
        "label": "toxic",
        "safe": 0,
        "toxic": 3,
        "abstain": 0,
        "rescued": False,
        **more,
    }


def _seed(key: str, text: str, **more: Any) -> Row:  # noqa: ANN401 - any column's value
    return _row(key, text, root=key, position="4", rescued=None, **more)


_SAFE = {"label": "safe", "safe": 3, "toxic": 0}
_ROWS = [
    _row("p1", "near the third"),
    _row("p2", "as the second", **_SAFE),
    _row("p3", "near the fifth", **_SAFE),
    _row("p4", "near the sixth", safe=1, toxic=2),
    _row("c1", "carried", root="c1", position="carried"),
    _seed("s1", "the first"),
    _seed("s2", "as the second"),
    _seed("s3", "the third"),
    _seed("s4", "the fourth", **_SAFE),
    _seed("s5", "the fifth"),
    _seed("s6", "the sixth"),
    _seed("s7", "by two of three", safe=1, toxic=2),
    _seed("s8", "carried"),
]


def _reasons(near: bool = True, **toxic: Any) -> dict[str, str]:  # noqa: ANN401 - any setting
    """Why seeds are out; every prompt stays."""
    pairs = {f"near {text}": text for text in ("the third", "the fifth", "the sixth")}
    texts = list(dict.fromkeys(pairs.get(row["text"], row["text"]) for row in _ROWS))
    places = {row["text"]: texts.index(pairs.get(row["text"], row["text"])) for row in _ROWS}
    vectors = {text: [float(n == place) for n in range(99)] for text, place in places.items()}
    frame = pl.DataFrame(_ROWS, PANELED)
    program = flagged(frame, Toxic(**toxic), "minilm", 0.9 if near else None)
    frames = drive(program, Given(vectors))
    kept = set(frames["kept"]["row"])
    assert {"p1", "p2", "p3", "p4", "c1"} <= kept
    assert frames["kept"]["rescued"].null_count() == 0
    reasons = dict(frames["dropped"].select("row", "reason").iter_rows())
    assert kept | set(reasons) == {row["row"] for row in _ROWS}
    return reasons


_UNFLAGGED = {"s4": "not_flagged", "s7": "not_flagged"}
_EQUAL = {"s2": "equal_reference", "s8": "equal_reference"}


def test_a_seed_joins_that_is_flagged_and_like_no_toxic_prompt() -> None:
    assert _reasons() == {**_UNFLAGGED, **_EQUAL, "s3": "near_reference"}
    assert _reasons(near=False) == {**_UNFLAGGED, **_EQUAL}


def test_the_rule_of_the_toxic_subset_holds_for_seeds_too() -> None:
    near = dict.fromkeys(("s3", "s6"), "near_reference")
    assert _reasons(rule="majority") == {"s4": "not_flagged", **_EQUAL, **near}


def test_prompts_that_are_not_released_as_toxic_keep_no_near_seed_away() -> None:
    assert _reasons(**{"from": ("seeds",)}) == {**_UNFLAGGED, **_EQUAL}


def test_no_seed_of_a_sensitive_category_and_none_that_is_carried_is_asked_about() -> None:
    rows = pl.DataFrame(
        [
            {**dict.fromkeys(ROWS), "row": f"s{n}", "root": f"s{n}", "category": category}
            for n, category in enumerate(("hate", "child", "hate", "child", "hate"))
        ],
        ROWS,
    )

    def repeats(left: pl.DataFrame) -> Program[Frames]:
        assert left["row"].to_list() == ["s0", "s4"]
        yield from ()
        return split(left, [Dropped("s4", "near_duplicate", "s0", 0.95)])

    frames = drive(pooled(rows, ["child"], {"s2", "s3"}, repeats), Given({}))
    assert frames["kept"]["row"].to_list() == ["s0"]
    reasons = dict(frames["dropped"].select("row", "reason").iter_rows())
    assert reasons == {
        **{"s1": "sensitive", "s2": "carried", "s3": "carried", "s4": "near_duplicate"}
    }


def test_a_plan_counts_the_votes_on_seeds(tmp_path: Path) -> None:
    path = write_recipe(tmp_path, "http://127.0.0.1:9/v1")
    found = {each.name: each.calls for each in plan(load(path, SMALL)).stages}
    assert (found["moderate_seeds"], found["moderate"]) == (30, 90)
    rewrites = plan(load(path, [*SMALL, "toxic={from: [rewrites]}"]))
    assert not {"seed_pool", "moderate_seeds", "flagged_seeds"} & {*rewrites.names}


_SEEDS = {seed.category: seed.text for seed in reversed(shipped_seeds("or_bench"))}
"""The first shipped seed of each category."""

_FLAGGED = tuple(_SEEDS[name] for name in ("deception", "hate", "privacy", "violence"))


@contextmanager
def _served() -> Iterator[Server]:
    """Moderators who flag four seeds, and no rewrite."""
    table = {text: Verdict(toxic=True) for text in _FLAGGED}
    voter = Moderator(toxic=0.0, risky=1.0, table=table)
    names = [f"moderator-{letter}" for letter in "abc"]
    with serve(Router({"writer": Writer(), **dict.fromkeys(names, voter)})) as server:
        yield server


@pytest.mark.slow
def test_flagged_seeds_are_released_as_toxic_and_carried_on(tmp_path: Path) -> None:
    with _served() as server:
        recipe, out = write_recipe(tmp_path, server.base_url), tmp_path / "out"
        with version(recipe, out, "2026.11.0", *SMALL, "release.seeds=text") as first:
            toxic = first.rows(_TOXIC)
            assert first.verified().problems == ()
        gone = toxic.filter(prompt=_FLAGGED[0])["id"].item()
        withdraw(first.folder, Tombstone(gone, "not so", "2026.11.0"))
        extend = (*SMALL, "mode=extend", "rewrite.target=1")
        with version(recipe, out, "2026.12.0", *extend) as second:
            later = second.rows(_TOXIC)
            assert second.verified().problems == ()
        with version(recipe, out, "2027.1.0", *SMALL, "toxic={from: [rewrites]}") as none:
            pass
    assert set(toxic["prompt"]) == {*_FLAGGED}
    assert toxic["seed"].equals(toxic["prompt"].rename("seed"))
    assert set(toxic["origin"]) == {"seed"}
    assert toxic["row"].equals(toxic["root"].rename("row"))
    assert set(toxic["votes"].list.len()) == {3}
    assert set(toxic["label"]) == {"toxic"}
    assert toxic["license"].null_count() == 0
    safe = first.rows()
    assert safe.columns == list(OR_BENCH)
    assert not {*safe["prompt"]} & {*_FLAGGED}
    assert safe["row"].is_in(safe["root"].implode()).sum() == 0
    facts = first.manifest.toxic_seeds
    assert facts is not None
    assert (facts.seeds, facts.flagged, facts.repeated, facts.drawn) == (10, 4, 0, 4)
    assert facts.abstained == {"a": 0, "b": 0, "c": 0}
    subset = first.manifest.toxic
    assert subset is not None
    assert (subset.found, subset.drawn) == (4, 4)
    card = " ".join((first.folder / "README.md").read_text(encoding="utf-8").split())
    assert "its text is only in the column `seed` of" in card
    assert f", and in `{_TOXIC}` where it is a row of its own" in card
    seeds = {family.root: family.seed for family in families_of(first.run.context.layout.run)}
    out = first.reasons("flagged_seeds")
    assert out == {"not_flagged"}
    said = [fact for seed in seeds.values() if seed for fact in seed.facts]
    assert said.count("no toxic row: not_flagged") == 6
    # The one that people withdrew stays away, though its seed is read and flagged once more.
    assert set(later["prompt"]) == {*_FLAGGED[1:]}
    assert set(later["origin"]) == {"seed"}
    assert second.reasons("seed_pool") == {"carried", "withdrawn"}
    (config,) = [each for each in none.manifest.configs if each.name == _TOXIC]
    assert (config.rows, "origin" in config.columns) == (0, False)
    assert none.manifest.toxic_seeds is None
    assert open_released(second.folder).release.manifest == read_manifest(second.folder)


@pytest.mark.slow
def test_a_set_that_is_written_anew_has_the_toxic_seeds_of_its_table_again(tmp_path: Path) -> None:
    with _served() as server:
        recipe, out = write_recipe(tmp_path, server.base_url), tmp_path / "out"
        settings = (*SMALL, "mode=refresh", "rewrite.per_seed=1")
        for named in ("2026.11.0", "2026.12.0"):
            with version(recipe, out, named, *settings) as made:
                assert made.reasons("seed_pool") == set()
                toxic = made.rows(_TOXIC)
            assert set(toxic["prompt"]) == {*_FLAGGED}
            assert set(toxic["origin"]) == {"seed"}
    assert made.manifest.lineage.against
    assert made.verified().problems == ()
