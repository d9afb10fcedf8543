"""A version that is released: only the recipe that made it may be built again, and asks nobody."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from artifacts.errors import ReleaseDamagedError
from artifacts.manifest import MANIFEST, Recipe, SourceRecord, read_manifest, write_manifest
from artifacts.version_facts import Lineage
from base.errors import RecordTooNewError, RecordUnreadableError, RefuseryError
from base.files import sha256_file
from flows.benchmarks import benchmark_of
from pipelines.errors import ReleaseDiffersError, RunFolderTakenError
from pipelines.opening import open_run, preflight
from pipelines.recipe import OrBench, load
from pipelines.recipe.loading import published
from tests.artifacts.diff.two_releases import OLD, SAFE, folder, write
from tests.loopback import RECIPE

_URL = "http://127.0.0.1:9/v1"
_SEEDS = "seeds={from: seeds/mine.csv, license: cc0-1.0, redistribute: true}"
_VERSION = "2026.11.0"


def _loaded(place: Path, *settings: str, name: str = "mine") -> OrBench:
    place.mkdir(exist_ok=True)
    path = place / f"{name}.yaml"
    path.write_text(RECIPE.format(url=_URL), encoding="utf-8")
    (place / "seeds").mkdir(exist_ok=True)
    (place / "seeds" / "mine.csv").write_text("prompt,category\nA seed to read here,hate\n")
    found = load(path, [_SEEDS, *settings])
    assert isinstance(found, OrBench)
    return found


def _released(place: Path, version: str = _VERSION, **other: Any) -> OrBench:  # noqa: ANN401
    """A recipe, and its release in `place/out`."""
    recipe = _loaded(place)
    table = recipe.folder / "seeds" / "mine.csv"
    source = SourceRecord("mine.csv", None, sha256_file(table), "cc0-1.0", True, 1)
    said = {"recipe": Recipe.of("mine", published(recipe)), "sources": (source,)}
    write(place / "out", version, OLD, **{**said, **other})
    return recipe


def _checked(place: Path, recipe: OrBench, limit: int | None = None) -> None:
    preflight(benchmark_of(recipe), recipe, place / "out", limit)


def _contents(place: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (place / "out").rglob("*") if path.is_file()}


def _refused(
    place: Path, recipe: OrBench, kind: type[RefuseryError] = ReleaseDiffersError
) -> RefuseryError:
    """The error; nothing has been written."""
    before = _contents(place)
    with pytest.raises(kind) as caught:
        _checked(place, recipe)
    assert "\n" not in str(caught.value)
    assert _contents(place) == before
    return caught.value


def test_the_recipe_that_made_it_may_be_built_again(tmp_path: Path) -> None:
    _checked(tmp_path, _released(tmp_path))


@pytest.mark.parametrize(
    "settings",
    [
        ("budget={max_usd: 5}",),
        ("max_failed=3",),
        ("models.a.base_url=http://127.0.0.1:10/v1", "models.a.rpm=60", "models.b.attempts=2"),
        ("models.c.price={input: 1, output: 2}",),
        ("rewrite.tries=3", "taxonomy=or_bench"),  # what is so by default
    ],
)
def test_how_models_are_reached_and_what_they_cost_is_not_what_is_released(
    tmp_path: Path, settings: tuple[str, ...]
) -> None:
    _released(tmp_path)
    _checked(tmp_path, _loaded(tmp_path, *settings))


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ("rewrite.per_seed=2", "rewrite.per_seed"),
        ("moderate.moderators=[a, b]", "moderate.moderators"),
        ("models.a.model=another", "models.a.model"),
        ("gates={min_per_category: 1}", "gates"),
        ("release.license=mit", "release.license"),
        ("mode=refresh", "mode"),
    ],
)
def test_a_changed_recipe_is_refused_before_anything_is_asked_with_what_has_changed(
    tmp_path: Path, setting: str, key: str
) -> None:
    _released(tmp_path)
    error = _refused(tmp_path, _loaded(tmp_path, setting))
    assert key in error.value
    assert f"or-bench {_VERSION} must be built from what made it" in error.rule
    assert "another release.version" in error.rule
    assert error.exit_code == 2


def test_another_version_of_the_changed_recipe_is_free(tmp_path: Path) -> None:
    _released(tmp_path)
    _checked(tmp_path, _loaded(tmp_path, "rewrite.per_seed=2", "release.version=2026.11.1"))


def test_a_run_under_a_limit_has_a_release_of_its_own(tmp_path: Path) -> None:
    _released(tmp_path, f"{_VERSION}-limit5")
    changed = _loaded(tmp_path, "rewrite.per_seed=2")
    _checked(tmp_path, changed)
    _checked(tmp_path, changed, limit=4)
    with pytest.raises(ReleaseDiffersError, match=r"2026\.11\.0-limit5 must be built"):
        _checked(tmp_path, changed, limit=5)


def test_another_recipe_is_refused_by_name(tmp_path: Path) -> None:
    _released(tmp_path)
    error = _refused(tmp_path, _loaded(tmp_path, name="other"))
    assert error.value == "made by recipe `mine`"
    assert "give recipe `other` a release.name of its own" in error.rule


def test_a_recipe_of_the_same_name_in_another_folder_is_known_by_its_rows(tmp_path: Path) -> None:
    _released(tmp_path)
    other = _loaded(tmp_path / "elsewhere")
    _checked(tmp_path, other)
    (other.folder / "seeds" / "mine.csv").write_text("prompt,category\nAnother one,hate\n")
    assert _refused(tmp_path, other).value == "the bytes of mine.csv changed"


def test_a_version_that_a_review_made_is_not_built(tmp_path: Path) -> None:
    recipe = _released(tmp_path, lineage=Lineage("reviewed"))
    assert _refused(tmp_path, recipe).value == "a version that people's review made"


def test_many_changed_keys_are_counted(tmp_path: Path) -> None:
    _released(tmp_path)
    changed = [f"rewrite.{key}" for key in ("per_seed=7", "tries=7", "rounds=7", "temperature=0.1")]
    error = _refused(tmp_path, _loaded(tmp_path, *changed, "rewrite.target=7"))
    assert error.value.endswith(" and 1 more changed")


def _flip(release: Path) -> None:
    path = next((release / SAFE).iterdir())
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_flip, "SHA-256 differs"),
        (lambda release: shutil.rmtree(release / SAFE), "the file is missing"),
        (lambda release: (release / "README.md").unlink(), "README.md: the file is missing"),
        (lambda release: (release / "README.md").write_text("mine"), "README.md: its bytes"),
        (lambda release: (release / MANIFEST).unlink(), "manifest.json must be readable"),
        (lambda release: (release / MANIFEST).write_text(""), "manifest.json must be a whole"),
        (lambda release: (release / MANIFEST).write_text('{"format": 1'), "must be a whole"),
        (lambda release: (release / MANIFEST).write_text("[" * 9999), "must be a whole"),
    ],
)
def test_a_damaged_release_is_not_called_finished_and_the_way_on_is_said(
    tmp_path: Path, harm: Callable[[Path], None], says: str
) -> None:
    recipe = _released(tmp_path)
    harm(folder(tmp_path / "out", _VERSION))
    error = _refused(tmp_path, recipe, ReleaseDamagedError)
    assert says in error.value
    assert "move its folder out of releases/ and build again" in error.rule
    assert error.exit_code == 1
    shutil.rmtree(folder(tmp_path / "out", _VERSION))
    _checked(tmp_path, recipe)


def test_an_earlier_release_that_is_damaged_is_named_with_the_way_on(tmp_path: Path) -> None:
    recipe = _released(tmp_path, "2026.10.0")
    (folder(tmp_path / "out", "2026.10.0") / MANIFEST).write_text("{")
    for refuse in (_checked, lambda *_: open_run(benchmark_of(recipe), recipe, tmp_path / "out")):
        with pytest.raises(RecordUnreadableError, match="restore that release, or move") as caught:
            refuse(tmp_path, recipe)
    assert caught.value.value.endswith("2026.10.0")


def test_a_release_that_was_put_under_another_version_is_damaged(tmp_path: Path) -> None:
    recipe = _released(tmp_path, "2026.10.0")
    release = folder(tmp_path / "out", "2026.10.0")
    release.rename(release.with_name(_VERSION))
    assert "of or-bench 2026.10.0" in _refused(tmp_path, recipe, ReleaseDamagedError).value


def test_a_release_of_a_newer_format_is_not_to_be_moved_away(tmp_path: Path) -> None:
    recipe = _released(tmp_path)
    path = folder(tmp_path / "out", _VERSION) / MANIFEST
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    assert "the newest known here" in _refused(tmp_path, recipe, RecordTooNewError).rule


def test_a_manifest_of_another_schema_is_held_against_the_recipe_as_it_stands(
    tmp_path: Path,
) -> None:
    recipe = _released(tmp_path)
    release = folder(tmp_path / "out", _VERSION)
    manifest = read_manifest(release)
    older = f"{manifest.recipe.text}a_key_of_then: 3\n"
    write_manifest(release, replace(manifest, recipe=Recipe.of("mine", older)))
    assert _refused(tmp_path, recipe).value == "a_key_of_then changed"


def test_a_release_of_before_there_were_policies_is_of_the_lenient_one(tmp_path: Path) -> None:
    recipe = _released(tmp_path)
    release = folder(tmp_path / "out", _VERSION)
    manifest = read_manifest(release)
    older = manifest.recipe.text.replace("  policy: paper\n", "")
    assert older != manifest.recipe.text
    write_manifest(release, replace(manifest, recipe=Recipe.of("mine", older)))
    assert _refused(tmp_path, recipe).value == "moderate.policy changed"
    _checked(tmp_path, _loaded(tmp_path, "moderate.policy=lenient"))


def test_a_run_record_that_breaks_off_is_written_anew_unless_the_folder_is_another_s(
    tmp_path: Path,
) -> None:
    recipe, out = _loaded(tmp_path), tmp_path / "out"
    benchmark = benchmark_of(recipe)
    context, record = open_run(benchmark, recipe, out)
    for text in ("", "{", "null", "[1]"):
        (context.layout.run / "run.json").write_text(text)
        for frozen in (None, "", '{"path": 1}', "[]"):
            if frozen is not None:
                (context.layout.run / "recipe.json").write_text(frozen)
            preflight(benchmark, recipe, out)
            assert open_run(benchmark, recipe, out)[1] == record
    frozen_there = json.loads((context.layout.run / "recipe.json").read_text())
    assert frozen_there["recipe"]["benchmark"] == "or-bench"
    (context.layout.run / "run.json").write_text("")
    (context.layout.run / "recipe.json").write_text(
        json.dumps({"path": str(tmp_path / "mine.yaml"), "recipe": _OTHER, "limit": None})
    )
    with pytest.raises(RunFolderTakenError, match=r"of benchmark or-bench .*got sorry-bench"):
        preflight(benchmark, recipe, out)


_OTHER = {
    "benchmark": "sorry-bench",
    "base": {"from": "x.csv", "license": "cc0-1.0", "redistribute": True},
    "release": {"version": _VERSION},
}
