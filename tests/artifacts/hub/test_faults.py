"""Each fault at each call of a publish: in the end one commit, one tag, every file whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from artifacts.hub.values import HubAnswerError, HubMovedError, PublishRefusedError
from base.errors import ArtifactError
from tests.artifacts.hub.published import KEY, Publisher, require_published
from tests.artifacts.small_run import SmallRun
from tests.servers.hub.faults import Fault
from tests.servers.hub.repos import Repo
from tests.servers.hub.server import TOKEN

CALLS = (
    *(("validate", 1), ("create", 1), ("settings", 1), ("validate", 2), ("preupload", 1)),
    *(("batch", 1), ("upload", 2), ("verify", 1), ("commit", 1), ("tag", 1), ("settings", 2)),
)
CALLS_OF_A_COMMIT = ("preupload", "batch", "upload", "verify", "commit")
READS = ("info", "revision", "tree", "refs", "resolve", "large")
PASSING = {
    "busy": {"kind": "status", "status": 429, "retry_after": 7},
    "down": {"kind": "status", "status": 503},
    "cut before": {"kind": "cut_before"},
    "cut after": {"kind": "cut_after"},
}
LASTING = {"forbidden": 403, "conflict": 409}


def fault(call: str, first: int, **how: object) -> Fault:
    return Fault(call, **{"first": first, **how})  # type: ignore[arg-type]


def table(faults: Iterable[str], quick: Iterable[str]) -> list[Any]:
    """Every fault at every call; `make test` has those of the calls that change a repository."""
    return [
        pytest.param(call, first, how, marks=() if call in quick else pytest.mark.slow)
        for call, first in CALLS
        for how in faults
    ]


@pytest.mark.parametrize(("call", "first", "how"), table(PASSING, ("create", "commit", "tag")))
def test_a_fault_that_passes_is_waited_out(
    publisher: Publisher, released: SmallRun, call: str, first: int, how: str
) -> None:
    publisher.hub.faults.planned = [fault(call, first, **PASSING[how])]
    publisher.publish(released.release, public=True)
    assert len(publisher.hub.faults.struck) == 1
    require_published(publisher.repo, released.release)
    assert (publisher.repo.private, publisher.repo.gated) == (False, "auto")
    assert publisher.plan(released.release).nothing_to_do
    if how == "busy":
        assert publisher.waited == [7.0]


def test_faults_at_calls_that_read_are_waited_out_too(
    publisher: Publisher, released: SmallRun
) -> None:
    down = [fault(call, 1, kind="status", status=502) for call in READS]
    publisher.hub.faults.planned = down
    publisher.publish(released.release, public=True)
    assert {each.call for each in publisher.hub.faults.struck} == set(READS)
    require_published(publisher.repo, released.release)


@pytest.mark.parametrize(("call", "first", "how"), table(LASTING, ("commit",)))
def test_a_fault_that_lasts_is_told_in_a_line_and_another_publish_ends_well(
    publisher: Publisher, released: SmallRun, call: str, first: int, how: str
) -> None:
    status = LASTING[how]
    publisher.hub.faults.planned = [fault(call, first, kind="status", status=status)]
    try:
        publisher.publish(released.release, public=True)
    except ArtifactError as error:
        assert str(error).count("\n") == 0
        assert TOKEN not in str(error)
        if KEY in publisher.hub.repos:
            head = publisher.repo.commits[publisher.repo.branches["main"]]
            assert publisher.repo.private
            assert set(head) == {".gitattributes"} or call in ("tag", "settings")
    else:  # the client says the same of a head that moved: it is planned anew
        assert how == "conflict"
        assert call in CALLS_OF_A_COMMIT or first == 2
    assert len(publisher.hub.faults.struck) == 1
    publisher.publish(released.release, public=True)
    require_published(publisher.repo, released.release)
    assert publisher.plan(released.release).nothing_to_do


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
@pytest.mark.parametrize("call", ["create", "commit", "tag"])
def test_a_publish_that_was_killed_can_be_run_again(
    publisher: Publisher, released: SmallRun, call: str, kind: str
) -> None:
    # From its first such call on, nothing of the Hub is to be reached.
    reads = [fault(each, 1, kind="cut_before", times=0) for each in ("info", "revision")]

    def gone(repos: object) -> None:
        publisher.hub.faults.planned += reads

    publisher.hub.faults.planned = [fault(call, 1, kind=kind, times=0, act=gone)]
    with pytest.raises(HubAnswerError, match="out of reach"):
        publisher.publish(released.release)
    publisher.hub.faults.planned = []
    publisher.publish(released.release)
    require_published(publisher.repo, released.release)


def somebody_writes(path: str, data: bytes | None) -> Fault:
    def act(repos: dict[tuple[str, str], Repo]) -> None:
        repos[KEY].commit({path: data})

    return Fault("commit", "moved", act=act)


def test_a_head_that_moves_by_what_is_not_ours_is_built_upon(
    publisher: Publisher, released: SmallRun
) -> None:
    publisher.hub.faults.planned = [somebody_writes("NOTES.md", b"hello")]
    publisher.publish(released.release)
    repo = publisher.repo
    assert repo.commits[repo.tags["v1.0"]]["NOTES.md"].data == b"hello"
    assert len(repo.commits) == 3
    assert publisher.plan(released.release).nothing_to_do


@pytest.mark.parametrize("path", ["README.md", "or-bench-80k/train-00000-of-00001.parquet"])
def test_a_head_that_moves_by_what_is_ours_is_left_as_it_is(
    publisher: Publisher, released: SmallRun, path: str
) -> None:
    publisher.hub.faults.planned = [somebody_writes(path, b"theirs")]
    with pytest.raises((HubMovedError, PublishRefusedError), match="nothing was overwritten"):
        publisher.publish(released.release)
    repo = publisher.repo
    head = repo.commits[repo.branches["main"]]
    assert (repo.tags, set(head)) == ({}, {".gitattributes", path})
    assert head[path].data == b"theirs"


def test_a_shard_that_somebody_lays_beside_ours_meanwhile_ends_the_publish(
    publisher: Publisher, released: SmallRun
) -> None:
    path = "or-bench-80k/train-00001-of-00002.parquet"
    publisher.hub.faults.planned = [somebody_writes(path, b"PAR1")]
    with pytest.raises(PublishRefusedError, match=f"must hold its shards alone .got {path}"):
        publisher.publish(released.release)
    assert publisher.repo.tags == {}


def test_settings_that_somebody_changes_meanwhile_are_set_again(
    publisher: Publisher, released: SmallRun
) -> None:
    def open_up(repos: dict[tuple[str, str], Repo]) -> None:
        repos[KEY].private, repos[KEY].gated = False, False

    publisher.hub.faults.planned = [Fault("commit", "moved", act=open_up)]
    publisher.publish(released.release)
    assert (publisher.repo.private, publisher.repo.gated) == (True, "auto")


def test_a_head_that_never_rests_ends_the_publish(publisher: Publisher, released: SmallRun) -> None:
    moving = somebody_writes("NOTES.md", b"hello")
    publisher.hub.faults.planned = [fault("commit", 1, kind="moved", act=moving.act, times=0)]
    with pytest.raises(HubAnswerError, match="must be as it was") as caught:
        publisher.publish(released.release)
    assert caught.value.exit_code == 1
    assert publisher.repo.tags == {}


def test_a_hub_that_stays_down_ends_the_publish_after_bounded_waits(
    publisher: Publisher, released: SmallRun
) -> None:
    publisher.hub.faults.planned = [
        fault("create", 1, kind="status", status=429, retry_after=86_400, times=0)
    ]
    with pytest.raises(HubAnswerError, match="it said 429"):
        publisher.publish(released.release)
    assert publisher.waited == [60.0, 60.0, 60.0]
    assert publisher.hub.repos == {}


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_a_pull_request_is_opened_once(publisher: Publisher, released: SmallRun, kind: str) -> None:
    publisher.hub.dataset("me/or-bench", {".gitattributes": b""}, private=True)
    publisher.hub.faults.planned = [fault("commit", 1, kind=kind)]
    done = publisher.publish(released.release, pr=True)
    assert publisher.repo.pulls == {"refs/pr/1": done.commit}
    assert len(publisher.repo.commits) == 2
