from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from artifacts.diff.compare import changes_of, compare, compare_rows
from artifacts.diff.inputs import columns_changed
from artifacts.diff.rows import FATES, Counts, Difference, NotComparableError, Side
from artifacts.diff.tables import as_json
from artifacts.errors import TableDamagedError
from artifacts.manifest import (
    MANIFEST,
    ModelIdentity,
    Recipe,
    SourceRecord,
    read_manifest,
    write_manifest,
)
from artifacts.release import write_release
from artifacts.verify.release import verify
from artifacts.version_facts import Change, Release
from base.errors import RecordUnreadableError
from base.files import sha256_file
from tests.artifacts.diff.two_releases import (
    GUARD,
    HARD,
    NEW,
    OLD,
    RECIPE,
    SAFE,
    STONE,
    TOXIC,
    both,
    facts,
    folder,
    views,
    write,
    write_styles,
)

SHARD = f"{SAFE}/train-00000-of-00001.parquet"


def fate(found: Difference, id: str) -> dict[str, object]:
    return found.fates.filter(id=id).to_dicts()[0]


def test_every_row_is_added_removed_withdrawn_or_kept(tmp_path: Path) -> None:
    found = compare(*both(tmp_path))
    assert dict(found.fates.select("id", "what").iter_rows()) == {
        "a": "kept",
        "b": "kept",
        "c": "kept",
        "n": "added",
        "t": "withdrawn",
        "u": "removed",
    }
    assert found.fates.schema == FATES
    assert found.counts == Counts(
        before=5, now=4, added=1, removed=2, withdrawn=1, kept=3, relabelled=2, moved=2
    )


def test_a_kept_row_may_have_moved_or_been_relabelled_or_both(tmp_path: Path) -> None:
    found = compare(*both(tmp_path))
    flags = {each["id"]: (each["moved"], each["relabelled"]) for each in found.fates.to_dicts()}
    assert flags["a"] == (True, False)
    assert flags["b"] == (True, True)
    assert flags["c"] == (False, True)
    assert flags["n"] == flags["t"] == flags["u"] == (False, False)
    assert fate(found, "b")["configs_before"] == [SAFE]
    assert fate(found, "b")["configs_now"] == [TOXIC]
    assert fate(found, "c")["category_before"] == "privacy"
    assert fate(found, "c")["category_now"] == "hate"


def test_each_config_s_rows_add_up_before_and_now(tmp_path: Path) -> None:
    safe, hard, toxic = compare(*both(tmp_path)).configs
    assert safe == Change(SAFE, 1, 0, 2, relabelled=1, moved_in=0, moved_out=1)
    assert hard == Change(HARD, 1, 0, 0, relabelled=0, moved_in=0, moved_out=1)
    assert toxic == Change(TOXIC, 0, 2, 0, relabelled=1, moved_in=1, moved_out=0)
    assert [(each.before, each.now) for each in (safe, hard, toxic)] == [(3, 3), (1, 1), (2, 1)]


def test_counts_by_category_and_config_have_empty_ones_too(tmp_path: Path) -> None:
    found = compare(*both(tmp_path))
    assert found.categories[SAFE] == {"hate": (2, 2), "privacy": (1, 1), "violence": (0, 0)}
    assert found.categories[TOXIC] == {"hate": (2, 1), "privacy": (0, 0), "violence": (0, 0)}
    kept = changes_of(found)
    assert kept.categories == {
        HARD: {"hate": (1, 0), "privacy": (0, 1)},
        TOXIC: {"hate": (2, 1)},
    }


def test_the_old_release_is_pinned_by_its_manifest(tmp_path: Path) -> None:
    old, new = both(tmp_path)
    found = compare(old, new)
    assert found.old == Release("2026.10.0", sha256_file(old / MANIFEST))
    assert (found.data_set, found.new) == ("or-bench", "2026.11.0")
    assert changes_of(found).since == found.old


def test_a_release_that_is_not_written_yet_gives_the_same_difference(tmp_path: Path) -> None:
    old, new = both(tmp_path)
    ahead = compare_rows(old, views(NEW), facts("2026.11.0", tombstones=(STONE,)))
    written = compare(old, new)
    assert ahead.fates.equals(written.fates)
    assert as_json(ahead) == as_json(written)


def test_a_release_against_itself_has_not_changed(tmp_path: Path) -> None:
    old, _ = both(tmp_path)
    found = compare(old, old)
    assert (found.counts.kept, found.counts.added, found.counts.removed) == (5, 0, 0)
    assert (found.counts.moved, found.counts.relabelled) == (0, 0)
    assert changes_of(found).categories == {}
    for sentences in (found.models, found.recipe, found.sources, found.columns, found.notes):
        assert sentences == ()


def test_styles_and_the_config_of_all_rows_are_held_against_each_other(tmp_path: Path) -> None:
    old = write_styles(tmp_path, "2026.10.0", ["p", "q"])
    new = write_styles(tmp_path, "2026.11.0", ["q", "r", "s"])
    found = compare(old, new)
    base, slang, everything = found.configs
    assert base == Change("base", 2, 1, 1, 0, 0, 0)
    assert slang == Change("slang", 2, 1, 1, 0, 0, 0)
    assert everything == Change("all", 4, 2, 2, 0, 0, 0)
    assert found.categories["all"] == {"1": (4, 6), "2": (0, 0), "3": (0, 0)}
    assert found.notes == ()


def test_releases_with_other_columns_and_configs_are_compared_by_what_both_have(
    tmp_path: Path,
) -> None:
    fewer = {config: rows for config, rows in OLD.items() if config != TOXIC}
    write(tmp_path, "2026.10.0", fewer, without=["label", "panel"])
    write(tmp_path, "2026.11.0", NEW)
    found = compare(folder(tmp_path, "2026.10.0"), folder(tmp_path, "2026.11.0"))
    assert found.counts.relabelled == 1  # c by its category; nobody knows of b's label
    assert fate(found, "b")["label_before"] is None
    assert f"{TOXIC}: a new config" in found.columns
    assert "every config: column label is new (string)" in found.columns
    assert found.notes == ("labels are not compared: or-bench 2026.10.0 has no column 'label'",)
    back = compare(folder(tmp_path, "2026.11.0"), folder(tmp_path, "2026.10.0"))
    assert f"{TOXIC}: a config that is gone" in back.columns
    assert "every config: column label is gone" in back.columns
    assert [each.config for each in back.configs] == [SAFE, HARD, TOXIC]


def test_a_column_that_is_new_in_one_config_alone_is_said_of_that_one() -> None:
    plain = {"prompt": "string"}
    before = side_of({SAFE: plain, HARD: plain, TOXIC: plain})
    now = side_of({SAFE: plain, HARD: plain, TOXIC: {**plain, "origin": "string"}})
    assert [*columns_changed(before, now)] == [f"{TOXIC}: column origin is new (string)"]
    assert [*columns_changed(now, before)] == [f"{TOXIC}: column origin is gone"]


def side_of(columns: Mapping[str, Mapping[str, str]]) -> Side:
    return Side(facts("2026.11.0"), columns, pl.DataFrame())


def test_changed_models_are_named_with_what_they_do(tmp_path: Path) -> None:
    now = (
        replace(GUARD, model="guard-2", identity="guard-2", role="moderate, rescue"),
        ModelIdentity("small", "rewrite", "embedded", "smollm2", "a" * 64),
    )
    found = compare(*both(tmp_path, models=now))
    assert found.models == (
        "guard (moderate, rescue): guard-1 is now guard-2",
        "guard: its part was moderate, now moderate, rescue",
        "small (rewrite): new, smollm2",
    )


def test_a_model_of_the_same_name_with_other_weights_is_told() -> None:
    from artifacts.diff.inputs import models_changed

    old = ModelIdentity("small", "rewrite", "embedded", "smollm2", "a" * 64)
    new = replace(old, identity="b" * 64)
    told = list(models_changed(facts("1", models=(old,)), facts("2", models=(new,))))
    shown = f"{'a' * 12} is now {'b' * 12}"
    assert told == [f"small (rewrite): smollm2 has other weights, {shown}"]
    gone = list(models_changed(facts("1", models=(old,)), facts("2", models=())))
    assert gone == ["small (rewrite): gone, was smollm2"]
    both_kinds = (old, ModelIdentity("small", "dedup", "sentence-transformers", "small", "c"))
    told = list(models_changed(facts("1", models=(old,)), facts("2", models=both_kinds)))
    assert "small, sentence-transformers (dedup): new, small" in told


def test_changed_recipe_keys_are_flat_and_leave_the_version_out(tmp_path: Path) -> None:
    other = """\
benchmark: or-bench
rewrite: {writer: w, per_seed: 7, checks: [drift, intent]}
moderate: {moderators: [a, {kind: nearest}]}
release: {version: 2026.11.0}
"""
    found = compare(*both(tmp_path, recipe=Recipe.of("small", other)))
    assert found.recipe == (
        ("rewrite.per_seed", "5", "7"),
        ("rewrite.checks", "", "[drift, intent]"),
        ("moderate.moderators.0", "", "a"),
        ("moderate.moderators.1.kind", "", "nearest"),
    )


def test_where_servers_and_files_lie_is_no_difference_and_goes_into_no_manifest(
    tmp_path: Path,
) -> None:
    before = (
        "models: {a: {model: m, base_url: 'http://gw.corp.internal/v1', key_env: OLD}}\n"
        "dedup: {encoder: /home/ann/encoder, threshold: 0.9}\n"
    )
    now = "models: {a: {model: m}}\ndedup: {encoder: encoder, threshold: 0.8}\n"
    old, new = both(tmp_path, recipe=Recipe.of("small", now))
    write_manifest(old, replace(read_manifest(old), recipe=Recipe.of("small", before)))
    found = compare(old, new)
    assert found.recipe == (("dedup.threshold", "0.9", "0.8"),)


def test_a_long_value_is_cut_and_a_recipe_that_is_no_yaml_is_said(tmp_path: Path) -> None:
    long = RECIPE + f"note: {'x' * 300}\n"
    found = compare(*both(tmp_path / "a", recipe=Recipe.of("small", long)))
    assert len(found.recipe[0][2]) == 100
    broken = compare(*both(tmp_path / "b", recipe=Recipe.of("small", "{broken: [")))
    note = "recipe keys cannot be compared: the recipe of or-bench 2026.11.0 is no YAML"
    assert note in broken.notes


def test_changed_licences_sources_and_templates_are_told(tmp_path: Path) -> None:
    seeds = SourceRecord("seeds.csv", None, "a" * 64, "cc-by-4.0", True, 10)
    hub = SourceRecord("hf://o/set", "abc", None, None, False, 5)
    write(tmp_path, "2026.10.0", OLD, sources=(seeds, hub), templates={"generators/seeds": "a"})
    later = (
        replace(seeds, sha256="b" * 64, rows=12),
        replace(hub, revision="def", license="mit", redistribute=True),
        SourceRecord("new.csv", None, "c", "mit", True, 1),
    )
    templates = {"generators/seeds": "b", "generators/rewrite": "c"}
    write(tmp_path, "2026.11.0", NEW, sources=later, license="mit", templates=templates)
    found = compare(folder(tmp_path, "2026.10.0"), folder(tmp_path, "2026.11.0"))
    assert found.sources == (
        "the release's licence: cc-by-4.0 is now mit",
        "seeds.csv: its bytes have changed",
        "seeds.csv: 10 rows taken, now 12",
        "hf://o/set: revision abc is now def",
        "hf://o/set: licence not stated is now mit",
        "hf://o/set: redistribute no is now yes",
        "new.csv: new, 1 row, licence mit",
    )
    assert found.templates == ("generators/seeds: a is now b", "generators/rewrite: new, c")
    back = compare(folder(tmp_path, "2026.11.0"), folder(tmp_path, "2026.10.0"))
    assert "new.csv: gone" in back.sources
    assert "generators/rewrite: gone" in back.templates


def test_templates_that_a_manifest_does_not_name_cannot_be_compared(tmp_path: Path) -> None:
    found = compare(*both(tmp_path, templates={"generators/seeds": "b"}))
    note = "templates cannot be compared: the manifest of or-bench 2026.10.0 names none"
    assert note in found.notes


def test_a_row_that_was_withdrawn_and_is_back_is_said(tmp_path: Path) -> None:
    write(tmp_path, "2026.10.0", NEW, tombstones=(STONE,))
    write(tmp_path, "2026.11.0", OLD)
    found = compare(folder(tmp_path, "2026.10.0"), folder(tmp_path, "2026.11.0"))
    note = "rows that people had withdrawn before or-bench 2026.11.0 are back in it: 1"
    assert note in found.notes


def test_rows_of_one_id_count_once_and_are_said(tmp_path: Path) -> None:
    twice = {SAFE: [*OLD[SAFE], OLD[SAFE][0]]}
    write(tmp_path, "2026.10.0", twice)
    write(tmp_path, "2026.11.0", {SAFE: OLD[SAFE]})
    found = compare(folder(tmp_path, "2026.10.0"), folder(tmp_path, "2026.11.0"))
    assert found.counts.kept == found.configs[0].kept == 3
    assert found.categories[SAFE]["hate"] == (2, 2)
    assert found.notes == ("or-bench 2026.10.0: rows whose id another row of the config has: 1",)


def test_releases_without_rows_are_compared(tmp_path: Path) -> None:
    write(tmp_path, "2026.10.0", {SAFE: []})
    write(tmp_path, "2026.11.0", {SAFE: OLD[SAFE]})
    found = compare(folder(tmp_path, "2026.10.0"), folder(tmp_path, "2026.11.0"))
    assert found.configs == (Change(SAFE, 3, 0, 0, 0, 0, 0),)
    back = compare(folder(tmp_path, "2026.11.0"), folder(tmp_path, "2026.10.0"))
    assert back.configs == (Change(SAFE, 0, 3, 0, 0, 0, 0),)


def test_the_json_has_everything_but_rows_and_texts(tmp_path: Path) -> None:
    said = as_json(compare(*both(tmp_path)))
    found = json.loads(said)
    assert found["counts"]["added"] == 1
    assert found["configs"][0]["config"] == SAFE
    assert found["categories"][TOXIC]["hate"] == [2, 1]
    assert "fates" not in found
    assert "MARKED" not in said


def test_releases_of_different_benchmarks_are_refused(tmp_path: Path) -> None:
    old, _ = both(tmp_path)
    other = write_styles(tmp_path, "2026.11.0", ["p"])
    rule = r"of the same benchmark to be compared \(got or-bench and sorry-bench\)"
    with pytest.raises(NotComparableError, match=rule) as caught:
        compare(old, other)
    assert caught.value.exit_code == 2
    with pytest.raises(NotComparableError, match=rule):
        compare_rows(old, [], facts("2026.11.0", benchmark="sorry-bench"))


def test_a_folder_that_is_no_release_is_refused(tmp_path: Path) -> None:
    old, _ = both(tmp_path)
    with pytest.raises(
        RecordUnreadableError, match=r"manifest\.json must be readable: No such file"
    ):
        compare(old, tmp_path / "nothing")
    with pytest.raises(RecordUnreadableError):
        compare(old / MANIFEST, old)


def test_rows_without_ids_are_refused(tmp_path: Path) -> None:
    old, _ = both(tmp_path)
    path = tmp_path / "later"
    write_release(path, views(NEW, without=["id"]), facts("2026.12.0"))
    with pytest.raises(
        NotComparableError, match=r"each must have 'id' \(got none in or-bench 2026.12"
    ):
        compare(old, path)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda path: path.unlink(), "the file is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "its bytes have changed"),
        (lambda path: path.write_bytes(b""), "its bytes have changed"),
        (
            lambda path: shutil.copy(path, path.with_name("train-00001-of-00002.parquet")),
            "the manifest does not know this file",
        ),
    ],
)
def test_a_release_whose_shards_are_not_its_manifest_s_is_refused_in_one_line(
    tmp_path: Path, harm: object, says: str
) -> None:
    old, new = both(tmp_path)
    assert callable(harm)
    harm(new / SHARD)
    with pytest.raises(TableDamagedError, match=says) as caught:
        compare(old, new)
    assert "\n" not in str(caught.value)
    assert "or-bench 2026.11.0" in str(caught.value)


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"rows": 7}, f"{SAFE}: 3 rows and not 7"),
        ({"categories": {"hate": 3}}, f"{SAFE}: other rows by category"),
    ],
)
def test_a_manifest_that_states_other_numbers_of_rows_is_refused(
    tmp_path: Path, stated: dict[str, Any], says: str
) -> None:
    old, new = both(tmp_path)
    manifest = read_manifest(new)
    first, *others = manifest.configs
    assert first.name == SAFE
    changed = (replace(first, **stated), *others)
    write_manifest(new, replace(manifest, configs=changed))
    with pytest.raises(TableDamagedError, match=says):
        compare(old, new)
    assert verify(new).problems == (f"{SAFE}: its rows by category are not those of the manifest",)


@pytest.mark.slow
def test_eighty_thousand_rows_are_compared(tmp_path: Path) -> None:
    many = [(f"{place:016x}", f"c{place % 10}", "safe") for place in range(80_000)]
    write(tmp_path, "2026.10.0", {SAFE: many[:75_000], HARD: many[:1_000]})
    write(tmp_path, "2026.11.0", {SAFE: many[5_000:], HARD: many[5_000:6_000]})
    found = compare(folder(tmp_path, "2026.10.0"), folder(tmp_path, "2026.11.0"))
    assert (found.counts.added, found.counts.removed, found.counts.kept) == (5_000, 5_000, 70_000)
    assert found.configs[1] == Change(HARD, 0, 1_000, 0, 0, moved_in=1_000, moved_out=0)
    assert found.fates.height == 80_000


def test_a_config_that_has_another_name_now_is_compared_as_what_it_is(tmp_path: Path) -> None:
    write(tmp_path, "2026.10.0", OLD)
    before = read_manifest(folder(tmp_path, "2026.10.0"))
    assert [each.name for each in before.configs][:1] == ["or-bench-80k"]
    now = [replace(view, config=_NOW[view.config]) for view in views(OLD)]
    found = compare_rows(folder(tmp_path, "2026.10.0"), now, facts("2026.11.0"))
    assert [change.config for change in found.configs] == list(_NOW.values())
    assert all((change.added, change.removed) == (0, 0) for change in found.configs)
    assert "config or-bench-80k is called or-bench-main now, and is compared as it" in found.notes


_NOW = {
    "or-bench-80k": "or-bench-main",
    "or-bench-hard-1k": "or-bench-hard",
    "or-bench-toxic": "or-bench-toxic",
}


def test_releases_of_two_data_sets_are_compared_and_said_to_be(tmp_path: Path) -> None:
    write(tmp_path, "2026.10.0", OLD)
    found = compare_rows(
        folder(tmp_path, "2026.10.0"), list(views(OLD)), facts("2026.11.0", name="mine")
    )
    assert "they are of two data sets: or-bench 2026.10.0 and mine 2026.11.0" in found.notes
