"""Makes all calls of `verbs.py` once, in copies of the world, and keeps what came of them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from base.formats import spreadsheet_text
from tests import prefect_server
from tests.golden.in_process import ROOT, call
from tests.golden.provider import providing
from tests.golden.refusals import BUILDS, write_tiny
from tests.golden.verbs import FLOWS, MADE, VERBS, Call, Step
from tests.golden.world import World
from tests.servers.behaviours import echo
from tests.servers.hub.server import TOKEN, Hub, serve_hub
from tests.servers.openai_server import serve

_INPUTS = Path(__file__).parent / "inputs"
_PARTS: Mapping[str, Mapping[str, tuple[Step, ...]]] = {"verbs": VERBS, "flows": FLOWS}
EXITS = "exits"
"""Where the builds of `refusals.py` stand among the verbs."""

_OFTEN = ("table", "seconds")
"""Columns and keys that hold a hash of a manifest with its date, or a time."""

_FITTED = frozenset({"bias", "slope"})
"""Weights that were fitted: their fourth digit depends on the processor that summed them up."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of one call.

    Attributes:
        line: What was typed.
        status: The exit status.
        out: What was printed to standard output.
        err: What was printed to standard error.
        files: Of each file the digests of its columns, or of the numbers below its first keys.
    """

    line: str
    status: int
    out: str
    err: str
    files: Mapping[str, Mapping[str, object]]


def said_once(world: World, folders: pytest.TempPathFactory) -> dict[str, list[Said]]:
    """What came of the calls of each verb, found there or made, however many processes ask."""
    own = folders.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (shared / "saying.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # freed with the file, also where a process is killed
        places = {part: shared / f"saying-{part}" for part in _PARTS}
        for part, place in places.items():
            _made(world, place, part)
    found = {verb: [_as_made(world, *each) for each in calls] for verb, calls in MADE.items()}
    for place in places.values():
        said = json.loads((place / "said.json").read_text(encoding="utf-8"))
        for verb, calls in said.items():
            found.setdefault(verb, []).extend(Said(**each) for each in calls)
    return found


def _as_made(world: World, line: str, name: str) -> Said:
    return Said(line, 0, world.said(name).replace(str(world.folder), "{folder}"), "", {})


def _made(world: World, place: Path, part: str) -> None:
    """Makes the calls of a part in a copy of the world, where nobody has; flows, at a Prefect."""
    if (place / "said.json").exists():
        return
    shutil.rmtree(place, ignore_errors=True)  # what a killed process left
    place.mkdir()
    with prefect_server.used() if part == "flows" else nullcontext():
        said = _called(world, place, part)
    (place / "said.part").write_text(json.dumps(said), encoding="utf-8")
    (place / "said.part").rename(place / "said.json")


def _called(world: World, place: Path, part: str) -> dict[str, list[dict[str, Any]]]:
    folder = place / "world"
    said: dict[str, list[dict[str, Any]]] = {}
    with providing() as provider, serve_hub() as hub, serve(echo, key="right") as locked:
        world.copy(folder, provider)
        shutil.copytree(_INPUTS, folder / "in")
        calling = _Calling(folder, {"{checkout}": str(ROOT)}, _at(hub, folder))
        for verb, steps in _PARTS[part].items():
            said[verb] = [asdict(each) for each in calling.made(steps)]
        if part == "flows":
            tiny = place / "tiny"
            write_tiny(tiny, provider.chat.base_url)
            calling = _Calling(tiny, {"{locked}": locked.base_url}, {})
            said[EXITS] = [asdict(calling.call(Call(line))) for line, _, _ in BUILDS]
    return said


def _at(hub: Hub, folder: Path) -> dict[str, str]:
    return {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(folder / "home"), "HF_TOKEN": TOKEN}


@dataclass(frozen=True, slots=True)
class _Calling:
    """Makes calls in a folder.

    Attributes:
        folder: The folder.
        places: What stands for a name in braces.
        hub: The environment that names the Hub, for `publish` alone.
    """

    folder: Path
    places: Mapping[str, str]
    hub: Mapping[str, str]

    def made(self, steps: Sequence[Step]) -> Iterator[Said]:
        """Makes calls in their order, and does what people do meanwhile."""
        for step in steps:
            if isinstance(step, Call):
                yield self.call(step)
            else:
                step(self.folder)

    def call(self, wanted: Call) -> Said:
        """Makes one call."""
        line = wanted.line
        for name, value in self.places.items():
            line = line.replace(name, value)
        environment = self.hub if line.startswith("publish") else {}
        done = call(*shlex.split(line), cwd=self.folder, **environment)
        there = [name for name in wanted.files if (self.folder / name).is_file()]
        files = {name: _digests(self.folder / name) for name in there}
        out, err = (each.replace(str(self.folder), "{folder}") for each in (done.out, done.err))
        return Said(wanted.line, done.status, out, err, files)


def _digests(path: Path) -> dict[str, object]:
    """A digest of each column, or of the numbers below each first key of a JSON document."""
    if path.suffix == ".json":
        said = json.loads(path.read_text(encoding="utf-8"))
        coarse = {name: round(said[name], 1) for name in _FITTED & said.keys()}
        return {key: _digest(figures_of(value)) for key, value in {**said, **coarse}.items()}
    readers = {".csv": _csv, ".jsonl": pl.read_ndjson, ".parquet": pl.read_parquet}
    frame = readers[path.suffix](path) if path.stat().st_size else pl.DataFrame()
    columns = {name: frame[name].to_list() for name in frame.columns if name not in _OFTEN}
    return {"rows": frame.height, **{key: _digest(rounded(v)) for key, v in columns.items()}}


def _csv(path: Path) -> pl.DataFrame:
    """A CSV with its texts as they were before they were made safe for spreadsheets."""
    frame = pl.read_csv(path)
    texts = (name for name, dtype in frame.schema.items() if dtype == pl.String)
    return frame.with_columns(
        pl.Series(name, [text and spreadsheet_text(text) for text in frame[name]], pl.String)
        for name in texts
    )


def figures_of(value: object) -> object:
    """A JSON value without its words: keys and numbers alone, to four digits."""
    if isinstance(value, dict):
        return {key: figures_of(each) for key, each in value.items() if key not in _OFTEN}
    if isinstance(value, list):
        return [figures_of(each) for each in value]
    return None if isinstance(value, str) else rounded(value)


def rounded(value: object) -> object:
    """A value whose numbers have four digits after the point: what any machine agrees on."""
    if isinstance(value, float):
        return round(value, 4) + 0.0
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else value


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]
