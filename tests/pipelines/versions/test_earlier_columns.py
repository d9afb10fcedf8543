"""SORRY-Bench releases from before there were variants: nothing that is done with them fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

from artifacts.diff.compare import changes_of, compare
from artifacts.errors import ReleaseTakenError
from artifacts.manifest import Manifest, canary, read_manifest, write_manifest
from artifacts.release import write_release
from artifacts.releases import open_release
from artifacts.sorry_bench_schemas import VARIANT
from artifacts.tables import read_table, type_names, write_table
from artifacts.verify.release import verify
from artifacts.version_facts import ReviewFacts
from artifacts.views import View, draw_sorry_bench
from pipelines.versions.patches import withdraw
from taxonomy import load_taxonomy
from tests.mutation_set import bases, made, small_taxonomy, write_base, write_recipe
from tests.servers.behaviours import Mutator, Router
from tests.servers.openai_server import serve

_STYLES = "  styles: [ascii, slang]\n"
_LATER = "2026.12.0"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class _Earlier:
    folder: Path
    runs: Path
    recipe: Path
    views: tuple[View, ...]

    def rows(self, version: str = "2026.11.0") -> pl.DataFrame:
        return pl.read_parquet(self.folder.with_name(version) / "all" / "*.parquet")


def _without_variants(release: Path) -> Manifest:
    """The release as an earlier version wrote it."""
    manifest = read_manifest(release)
    configs = []
    for config in manifest.configs:
        files, schema = [], pl.Schema()
        for file in config.files:
            rows = read_table(release / file.name).drop(VARIANT)
            schema = rows.schema
            written = write_table(release / file.name, rows, schema)
            files.append(replace(written, name=file.name))
        configs.append(replace(config, columns=type_names(schema), files=tuple(files)))
    guid = canary(manifest.benchmark, manifest.version, [f for c in configs for f in c.files])
    changed = replace(manifest, configs=tuple(configs), canary=guid)
    write_manifest(release, changed)
    return changed


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Earlier]:
    """A release without the column, and one that extends it by a style."""
    folder = tmp_path_factory.mktemp("earlier")
    write_base(folder, bases(2))
    with serve(Router({"writer": Mutator()})) as server:
        taxonomy = small_taxonomy(folder, 2)
        recipe = write_recipe(folder, server.base_url, _STYLES, taxonomy)
        with made(recipe, folder / "out") as first:
            kept = first.run.kept(first.built.last)
            known = load_taxonomy("sorry_bench_202406").categories
            domains = {each.name: each.domain for each in known if each.domain}
            named = draw_sorry_bench(str(first.built.last), kept, ["ascii", "slang"], domains)
            views = tuple(named)
            release = first.folder
        _without_variants(release)
        more = ("mode=extend", "mutate.styles=[ascii, slang, role_play]")
        with made(recipe, folder / "out", f"release.version={_LATER}", *more):
            pass
        yield _Earlier(release, folder / "out" / "runs", recipe, views)


def test_it_verifies_with_its_run(earlier: _Earlier) -> None:
    assert VARIANT not in earlier.rows().columns
    assert verify(earlier.folder, earlier.runs).problems == ()


def test_it_stays_as_it_is_where_its_rows_are_the_same(earlier: _Earlier) -> None:
    before = {path: path.read_bytes() for path in earlier.folder.rglob("*.*") if path.is_file()}
    manifest = read_manifest(earlier.folder)
    assert write_release(earlier.folder, earlier.views, manifest) == manifest
    changed = [
        replace(view, rows=view.rows.with_columns(writer=pl.lit("x"))) for view in earlier.views
    ]
    with pytest.raises(ReleaseTakenError, match="other data"):
        write_release(earlier.folder, changed, manifest)
    assert {path: path.read_bytes() for path in before} == before


def test_what_extends_it_carries_its_rows_without_a_variant_and_names_those_of_new_ones(
    earlier: _Earlier,
) -> None:
    old, new = earlier.rows(), earlier.rows(_LATER)
    carried = new.filter(pl.col("row").is_in(old["row"].implode()))
    assert carried.drop(VARIANT).sort("row").equals(old.sort("row"))
    assert carried[VARIANT].null_count() == carried.height
    added = new.filter(prompt_style="role_play")
    assert added.height == 20
    assert added[VARIANT].null_count() == 0
    assert added[VARIANT].n_unique() > 5
    report = verify(earlier.folder.with_name(_LATER), earlier.runs)
    assert report.problems == report.notes == ()


def test_a_diff_says_that_the_column_is_new(earlier: _Earlier) -> None:
    changes = changes_of(compare(earlier.folder, earlier.folder.with_name(_LATER)))
    assert any("column variant is new" in line for line in changes.columns)


def test_a_patch_of_it_has_its_columns_and_verifies(earlier: _Earlier) -> None:
    release = open_release(earlier.folder)
    ids = earlier.rows().filter(prompt_style="slang")["id"]
    review = ReviewFacts(release.pinned, 1, 1, 1, 1, {}, None, {})
    patch = withdraw(release, {ids[0]: "unclear"}, review)
    assert all(VARIANT not in config.columns for config in patch.manifest.configs)
    assert verify(patch.path, earlier.runs).problems == ()
