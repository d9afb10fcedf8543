"""Whoever has no right to a repository changes nothing in it, and no token is shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from artifacts.hub.values import HubAnswerError
from tests.artifacts.hub.published import Publisher, refused, write_version
from tests.artifacts.small_run import SmallRun
from tests.servers.hub.server import TOKEN


def test_without_a_token_a_plan_is_shown_and_nothing_is_sent(
    publisher: Publisher, released: SmallRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    plan = publisher.plan(released.release)
    assert len(plan.operations) == 5
    assert refused(publisher, released.release).startswith("a token must be there: set HF_TOKEN")


def test_a_wrong_token_is_told_and_never_shown(
    publisher: Publisher, released: SmallRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", f"{TOKEN}_wrong")
    with pytest.raises(HubAnswerError, match=r"\(401\): set HF_TOKEN") as caught:
        publisher.publish(released.release)
    assert TOKEN not in str(caught.value)
    assert publisher.hub.repos == {}


def test_without_the_right_to_write_nothing_is_changed(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    publisher.repo.writable = False
    head = publisher.repo.branches["main"]
    with pytest.raises(HubAnswerError, match=r"must let you write \(403\)") as caught:
        publisher.publish(write_version(released, tmp_path, "1.1"))
    assert caught.value.exit_code == 2
    assert publisher.repo.branches["main"] == head


def test_another_s_namespace_is_refused_by_the_hub(
    publisher: Publisher, released: SmallRun
) -> None:
    plan = replace(publisher.plan(released.release, "you/or-bench"))
    from artifacts.hub.publish import publish

    with pytest.raises(HubAnswerError, match=r"must let you write \(403\)"):
        publish(plan, waits=publisher.waits)
    assert publisher.hub.repos == {}
