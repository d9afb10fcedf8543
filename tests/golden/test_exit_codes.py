"""Exit statuses, and the values that the one line of an error names; its wording is not looked at.

0 where all went well, 1 for a run that failed, 2 for bad input, 130 for one that was interrupted.
"""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.golden.command import surroundings
from tests.golden.in_process import Ran, call, program
from tests.golden.provider import Provider
from tests.golden.refusals import BUILDS, CALLED, REFUSALS, write_odd, write_tiny
from tests.golden.saying import said_once
from tests.golden.world import World
from tests.servers.behaviours import Router, Writer
from tests.servers.hub.faults import Fault
from tests.servers.hub.server import TOKEN, Hub, serve_hub
from tests.servers.judges import RefusalJudge
from tests.servers.openai_server import Server, serve
from tests.servers.voters import Moderator

pytestmark = pytest.mark.embedded

_INPUTS = Path(__file__).parent / "inputs"
_OR = "out/releases/or-bench/2026.11.0"
_SLOW = Router({"writer-1": Writer(), "moderator-a": Moderator()})
_JUDGE = "judge in/answers.csv --recipe evaluation.yaml --judge judge"
_SHARD = "or-bench-main/train-00000-of-00001.parquet"


@pytest.fixture(scope="module")
def folder(world: World, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the world with the inputs and odd files."""
    place = tmp_path_factory.mktemp("exits") / "world"
    world.copy(place, provider)
    shutil.copytree(_INPUTS, place / "in")
    write_odd(place / "odd")
    (place / "judged.csv").write_text("prompt\nHello there\n")
    return place


def _line(ran: Ran, status: int) -> str:
    """The one line of an error, with the exit status that it must have."""
    assert ran.status == status, ran.err or ran.out
    assert "Traceback" not in ran.err
    return _told(ran.err)[-1]


def _told(err: str) -> list[str]:
    """The lines on standard error that are the command's own, and not Prefect's log."""
    return [line for line in err.splitlines() if line and " | WARNING | " not in line]


@pytest.mark.parametrize(("line", "status", "names"), REFUSALS, ids=[each[0] for each in REFUSALS])
def test_bad_input_is_a_line_each_of_which_the_first_names_the_value(
    line: str, status: int, names: tuple[str, ...], folder: Path
) -> None:
    ran = call(*shlex.split(line), cwd=folder)
    if line.startswith("doctor or.yaml"):  # its findings are a table
        assert (ran.status, ran.err) == (status, "")
        return
    _line(ran, status)
    first, *others = _told(ran.err)
    assert ran.out == ""
    assert [name for name in names if name not in first] == []
    # Beside it alone what else a build would be refused for: the set is built in this folder.
    assert all(each.startswith("refusery: ") for each in others)
    assert not others or "taxonomy" in line or "a release is immutable" in others[0]


@pytest.mark.parametrize(("line", "status", "names"), CALLED, ids=[each[0] for each in CALLED])
def test_a_model_that_cannot_be_asked_ends_the_verb(
    line: str, status: int, names: tuple[str, ...], folder: Path
) -> None:
    said = _line(call(*shlex.split(line), cwd=folder), status)
    assert [name for name in names if name not in said] == []


def test_a_key_that_a_server_refuses_is_a_failed_run(folder: Path) -> None:
    with serve(Router({"judge-1": RefusalJudge()}), key="right") as server:
        line = f"{_JUDGE} --set models.judge.base_url={server.base_url} --cache refused"
        said = _line(call(*shlex.split(line), cwd=folder), 1)
    assert "401" in said
    assert "judge" in said


def test_an_error_of_the_users_has_a_traceback_with_debug_alone(folder: Path) -> None:
    with pytest.raises(Exception, match="rewrit"):
        call("plan", "or.yaml", "--set", "rewrit=1", "--debug", cwd=folder)


def test_help_is_no_error(folder: Path) -> None:
    assert call(cwd=folder).status == 0
    assert call("--help", cwd=folder).status == 0


def _changed(release: Path) -> None:
    (release / _SHARD).write_bytes((release / _SHARD).read_bytes() + b"x")


def _missing(release: Path) -> None:
    (release / _SHARD).unlink()


def _miscounted(release: Path) -> None:
    _rewrite(release, lambda manifest: manifest["configs"][0].update(rows=1))


def _rewrite(release: Path, change: Callable[[Any], object]) -> None:
    path = release / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest, indent=2), encoding="utf-8")


@pytest.fixture
def release(folder: Path, tmp_path: Path) -> Path:
    """A copy of the release beside its runs."""
    place = tmp_path / "out"
    shutil.copytree(folder / _OR, place / "releases/or-bench/2026.11.0")
    shutil.copytree(folder / "out/runs", place / "runs")
    return place / "releases/or-bench/2026.11.0"


@pytest.mark.parametrize(
    ("damage", "statuses"),
    [
        (_changed, {"verify": 1, "audit": 2, "publish": 2, "diff": 1}),
        (_missing, {"verify": 1, "audit": 2, "publish": 2, "diff": 1}),
        (_miscounted, {"verify": 1, "audit": 2, "publish": 2}),
    ],
)
def test_a_damaged_release_is_found_by_every_verb_that_reads_one(
    damage: Callable[[Path], None], statuses: dict[str, int], release: Path, folder: Path, hub: Hub
) -> None:
    damage(release)
    more = {"publish": ("--repo", "me/set", "--dry-run"), "diff": (str(folder / _OR),)}
    found = {
        verb: call(verb, release, *more.get(verb, ()), cwd=release.parents[3], **_at(hub))
        for verb in statuses
    }
    assert {verb: ran.status for verb, ran in found.items()} == statuses
    for verb, ran in found.items():
        named = _SHARD if damage is not _miscounted else "or-bench-main"
        assert named in ran.out + ran.err, verb


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    """An empty Hub."""
    with serve_hub() as running:
        yield running


def _at(hub: Hub) -> dict[str, str]:
    return {"HF_ENDPOINT": hub.endpoint, "HF_HOME": "home", "HF_TOKEN": TOKEN}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda manifest: manifest["configs"][1].update(redistribute=False), "or-bench-hard"),
        (lambda manifest: manifest.update(license="my-own"), "my-own"),
        (lambda manifest: manifest.update(demo=True), "--demo"),
    ],
)
def test_what_may_not_be_given_on_is_not_published(
    change: Callable[[Any], object], names: str, release: Path, hub: Hub
) -> None:
    _rewrite(release, change)
    ran = call("publish", release, "--repo", "me/set", cwd=release, **_at(hub))
    assert names in _line(ran, 2)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ("--public --gated off", "or-bench-toxic"),
        ("--i-understand-ungated or-bench-main", "or-bench-main"),
        ("--pr", "--pr"),
    ],
)
def test_what_would_lie_open_is_not_published(
    options: str, names: str, folder: Path, hub: Hub
) -> None:
    ran = call("publish", _OR, "--repo", "me/set", *options.split(), cwd=folder, **_at(hub))
    assert names in _line(ran, 2)


def test_a_hub_that_says_no_is_bad_input_and_one_that_moves_is_a_failed_run(folder: Path) -> None:
    with serve_hub() as own:
        own.faults.planned = [Fault("create", "status", status=403)]
        ran = call("publish", _OR, "--repo", "me/set", cwd=folder, **_at(own))
        assert "403" in _line(ran, 2)
        theirs = {"README.md": b"theirs"}
        own.faults.planned = [
            Fault("commit", "moved", act=lambda repos: repos["datasets", "me/set"].commit(theirs))
        ]
        ran = call("publish", _OR, "--repo", "me/set", cwd=folder, **_at(own))
        assert "README.md" in _line(ran, 1)


def test_a_build_that_fails_ends_in_a_line(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = said_once(world, tmp_path_factory)["exits"]
    assert [(each.line, each.status) for each in found] == [build[:2] for build in BUILDS]
    for said, (line, status, names) in zip(found, BUILDS, strict=True):
        assert "Traceback" not in said.err
        last = _told(said.err)[-1] if status else said.out
        assert [name for name in names if name not in last] == [], line


@pytest.mark.slow
def test_a_second_run_is_refused_and_an_interrupted_one_ends_with_the_shells_own_status(
    tmp_path: Path,
) -> None:
    with serve(_SLOW, latency_s=8) as server:
        write_tiny(tmp_path, server.base_url)
        both = [_started(tmp_path, "build", "tiny.yaml", "--quiet") for _ in range(2)]
        first = _ended(both)
        (other,) = [each for each in both if each is not first]
        _, err = first.communicate()
        _wait_for(server, 1, other)
        other.send_signal(signal.SIGINT)
        out, more = other.communicate(timeout=120)
    assert (first.returncode, other.returncode, out) == (1, 130, "")
    assert str(other.pid) in _told(err)[-1]
    assert "Traceback" not in err + more


def test_an_interrupted_verb_ends_with_the_shells_own_status(folder: Path, tmp_path: Path) -> None:
    with serve(Router({"judge-1": RefusalJudge()}), latency_s=0.3) as server:
        given = f"{_JUDGE} --set models.judge.base_url={server.base_url} --cache slow"
        running = _started(folder, *shlex.split(given))
        _wait_for(server, 1, running)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in err


def _started(cwd: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*program(), *arguments],
        cwd=cwd,
        env=surroundings(cwd),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _ended(running: Sequence[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """The first of several that ends."""
    end = time.monotonic() + 240
    while time.monotonic() < end:
        for each in running:
            if each.poll() is not None:
                return each
        time.sleep(0.05)
    raise AssertionError("none has ended")


def _wait_for(server: Server, calls: int, running: subprocess.Popen[str]) -> None:
    """Waits until a server was asked so often."""
    end = time.monotonic() + 120
    while len(server.calls) < calls:
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < end, "nobody was asked"
        time.sleep(0.05)
