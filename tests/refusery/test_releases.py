"""Finished sets from Python: a small release that was built inside a running event loop."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import refusery
from artifacts.errors import TableDamagedError
from base.errors import RecordUnreadableError, RefuseryError
from pipelines.errors import SourceError
from refusery.inputs import InputError
from tests.artifacts.diff.two_releases import OLD, folder, write
from tests.servers.hub.server import serve_hub

_RECIPE = """\
benchmark: sorry-bench
base: {from: requests.csv, license: cc0-1.0, redistribute: true}
mutate: {styles: [caesar, morse], bare: true}
release: {version: 2026.11.0, license: cc0-1.0}
"""
_TEXTS = ["Name a river.", "Name a city."]


@pytest.fixture(scope="module")
def built(server: None, tmp_path_factory: pytest.TempPathFactory) -> refusery.recipes.Built:
    """The release, which asks no model."""
    folder = tmp_path_factory.mktemp("releases")
    (folder / "small.yaml").write_text(_RECIPE, encoding="utf-8")
    pl.DataFrame({"prompt": _TEXTS, "category": "1"}).write_csv(folder / "requests.csv")
    recipe = refusery.load_recipe(folder / "small.yaml", {"mutate.styles": ["caesar"]})

    async def cell() -> refusery.recipes.Built:
        return refusery.build(recipe, out=folder / "out")

    return asyncio.run(cell())


@pytest.fixture
def copied(built: refusery.recipes.Built, tmp_path: Path) -> Path:
    """A copy of the release that may be damaged."""
    return shutil.copytree(built.release, tmp_path / "release")


def test_it_was_built_as_the_changed_recipe_says(built: refusery.recipes.Built) -> None:
    assert [config.name for config in built.manifest.configs] == ["base", "caesar", "all"]
    assert (built.sent, built.release.name) == (0, "2026.11.0")
    assert "river" not in repr(built)


def test_a_config_is_read_by_its_name_and_all_rows_without(built: refusery.recipes.Built) -> None:
    coded = refusery.load(built.release, "caesar")
    assert coded["turns"].to_list() == [["Qdph d ulyhu."], ["Qdph d flwb."]]
    assert refusery.load(built.release).height == 4


def test_a_config_that_is_not_there_names_those_that_are(built: refusery.recipes.Built) -> None:
    with pytest.raises(InputError, match="did you mean `caesar`"):
        refusery.load(built.release, "ceasar")
    with pytest.raises(InputError, match="base, caesar, all"):
        refusery.load(built.release, "or-bench-main")


def test_what_is_no_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordUnreadableError):
        refusery.load(tmp_path)
    with pytest.raises(RecordUnreadableError):
        refusery.verify(tmp_path)


def test_a_damaged_file_is_named_by_load_and_verify(copied: Path) -> None:
    assert refusery.verify(copied).sound
    (shard,) = (copied / "caesar").glob("*.parquet")
    shard.write_bytes((copied / "base").glob("*.parquet").__next__().read_bytes())
    with pytest.raises(TableDamagedError, match=r"as its manifest says .*caesar"):
        refusery.load(copied, "caesar")
    assert any("caesar" in problem for problem in refusery.verify(copied).problems)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("benchmark", "cakes", "of or-bench or sorry-bench"),
        ("configs", [], "must have configs"),
        ("rows", 9, "caesar: it has 2 rows and not 9"),
        ("name", "base", "each with a name of its own"),
        ("files", [], "caesar: it has 0 rows and not 2"),
    ],
)
def test_an_odd_manifest_is_refused_in_one_line(
    copied: Path, key: str, value: object, says: str
) -> None:
    path = copied / "manifest.json"
    said = json.loads(path.read_text())
    (coded,) = [each for each in said["configs"] if each["name"] == "caesar"]
    (said if key in said else coded)[key] = value
    path.write_text(json.dumps(said))
    with pytest.raises(RefuseryError, match=says) as caught:
        refusery.load(copied, "caesar")
    assert "\n" not in str(caught.value)


def test_a_release_on_the_hub_is_read_like_a_folder(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
        for variable in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_CACHE"):
            monkeypatch.delenv(variable, raising=False)
        paths = [path for path in copied.rglob("*") if path.is_file()]
        files = {path.relative_to(copied).as_posix(): path.read_bytes() for path in paths}
        hub.dataset("me/set", files)
        found = refusery.load("hf://me/set", "caesar")
        assert found.equals(refusery.load(copied, "caesar"))
        with pytest.raises(InputError, match="did you mean `caesar`"):
            refusery.load("hf://me/set", "ceasar")
        with pytest.raises(SourceError):
            refusery.load("hf://me/other")


@pytest.mark.embedded
def test_an_audit_takes_a_release_a_table_and_frames(
    built: refusery.recipes.Built, tmp_path: Path
) -> None:
    rows = {"prompt": [*_TEXTS, "Name a  river."], "category": ["a", "b", "a"]}
    table = tmp_path / "table.csv"
    pl.DataFrame(rows).write_csv(table)
    whole = refusery.audit(table, cache=tmp_path / "cache", out=tmp_path / "written")
    assert whole.rows == {"table.csv": 3}
    assert json.loads((tmp_path / "written" / "audit.json").read_text())["rows"] == whole.rows
    assert (tmp_path / "written" / "report.html").is_file()
    for frame in (pl.DataFrame(rows), pd.DataFrame(rows, index=list("xyz"))):
        found = refusery.audit(frame, cache=tmp_path / "cache")
        assert found.rows == {"frame.parquet": 3}
        assert [each.near for each in found.near] == [each.near for each in whole.near]
    released = refusery.audit(built.release, cache=tmp_path / "cache")
    assert released.rows["caesar"] == 2
    assert not (built.release.parents[2] / "audits").exists()


def test_what_cannot_be_audited_is_refused() -> None:
    with pytest.raises(InputError, match="a folder, a table or a frame"):
        refusery.audit(_TEXTS, cache=None)  # type: ignore[arg-type]


def test_a_config_is_read_by_the_name_that_it_had_before(tmp_path: Path) -> None:
    write(tmp_path, "2026.11.0", OLD)
    release = folder(tmp_path, "2026.11.0")
    rows = refusery.load(release, "or-bench-80k")
    with pytest.warns(FutureWarning, match="or-bench-main is called or-bench-80k in this release"):
        assert refusery.load(release, "or-bench-main").equals(rows)
    with pytest.raises(InputError, match="config must be one of the release's"):
        refusery.load(release, "or-bench-soft")
