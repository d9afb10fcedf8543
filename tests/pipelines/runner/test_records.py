"""Records that break off or are another's: what they vouch for is made anew, of the ledger alone.

And a run that is released: nothing behind the release is made otherwise.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from artifacts.records import RUN_FILE, run_if_readable
from pipelines.errors import ReleaseDiffersError
from pipelines.runner.context import Context
from tests.pipelines.runner.pipeline import Lines, Settings, context_for, run_pipeline
from tests.servers.chat import Answer, Body, last_text
from tests.servers.faults import server_error
from tests.servers.openai_server import Server, serve

_SETTINGS = Settings(seeds=("seed number one of the table", "seed number two"), shards=2)


def _words(body: Body) -> Answer:
    return Answer(f"a rewritten text of {len(last_text(body))} {body.get('seed')}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A writer."""
    with serve(_words) as running:
        yield running


@pytest.fixture(scope="module")
def calm(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run leaves; tests work on copies."""
    out = tmp_path_factory.mktemp("calm") / "out"
    run_pipeline(_opened(out, server))
    return out


@pytest.fixture
def out(calm: Path, tmp_path: Path) -> Path:
    """A copy of the run."""
    return shutil.copytree(calm, tmp_path / "out")


def _opened(out: Path, server: Server, settings: Settings = _SETTINGS) -> Context:
    return context_for(out, server.base_url, settings)


def _release(out: Path) -> None:
    folder = out / "releases" / "or-bench" / "2026.11.0"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")


def _files(out: Path) -> dict[str, bytes]:
    folder = out / "runs"
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _cut(text: str) -> str:
    return text[: len(text) // 2]


def _otherwise(key: str, value: object) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), key: value})


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        _cut,
        lambda text: "[" * 5000,
        lambda text: "null",
        lambda text: "\x00\ud7ff",
        _otherwise("shard", "one"),
        _otherwise("files", {}),
        _otherwise("files", {"kept": 1}),
        _otherwise("fingerprint", "another"),
    ],
)
def test_a_shard_whose_record_breaks_off_is_made_anew_of_the_ledger(
    out: Path, server: Server, damage: Callable[[str], str]
) -> None:
    before, asked = _files(out), len(server.calls)
    for stage in ("clean", "rewrite"):
        path = out / "runs" / "toy" / "2026.11.0" / stage / "shard-00-of-02.json"
        path.write_text(damage(path.read_text()))
    run_pipeline(_opened(out, server))
    assert _files(out) == before
    assert len(server.calls) == asked


def test_a_record_that_names_another_file_vouches_for_nothing(out: Path, server: Server) -> None:
    before = _files(out)
    path = out / "runs" / "toy" / "2026.11.0" / "clean" / "shard-00-of-02.json"
    path.write_text(path.read_text().replace("kept-00-of-02.parquet", "../../../../etc/hosts"))
    run_pipeline(_opened(out, server))
    assert _files(out) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"recipe": 1}'])
def test_a_run_s_record_that_breaks_off_is_written_anew(
    out: Path, server: Server, text: str
) -> None:
    before, path = _files(out), out / "runs" / "toy" / "2026.11.0" / RUN_FILE
    path.write_text(text)
    assert run_if_readable(path.parent) is None
    _release(out)
    run_pipeline(_opened(out, server))
    assert _files(out) == before


def test_what_is_behind_a_release_is_not_made_of_something_else(out: Path, server: Server) -> None:
    _release(out)
    before, asked = _files(out), len(server.calls)
    changed = replace(_SETTINGS, writer=Lines(template="Put otherwise: {seed}"))
    with pytest.raises(ReleaseDiffersError, match=r"stage rewrite made .*else\)$") as refused:
        run_pipeline(_opened(out, server, changed))
    assert refused.value.exit_code == 2
    assert _files(out) == before
    assert len(server.calls) == asked


def test_rows_that_failed_stay_so_once_they_are_released(tmp_path: Path, server: Server) -> None:
    quick = replace(_SETTINGS, give_up_s=0.5)
    server.faults = lambda call: server_error() if "two" in str(call.body) else None
    run = run_pipeline(_opened(tmp_path, server, quick), max_failed=10)
    assert run.table("rewrite", "failed").height == 1
    server.faults = lambda call: None
    _release(tmp_path)
    before, asked = _files(tmp_path), len(server.calls)
    for allowed in (10, 0):  # a bound decides nothing of what is released
        run_pipeline(_opened(tmp_path, server, quick), max_failed=allowed)
        assert _files(tmp_path) == before
    assert len(server.calls) == asked
