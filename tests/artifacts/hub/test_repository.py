from __future__ import annotations

import pytest

from artifacts.hub.repository import stated_in
from artifacts.manifest import MANIFEST
from tests.artifacts.hub.published import Publisher
from tests.artifacts.small_run import SmallRun


@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b"\xff", b'{"format": "1"}', b"[]", b"3"])
def test_what_is_no_manifest_states_no_release(data: bytes) -> None:
    assert stated_in(data) is None


def test_a_manifest_without_an_end_is_none_of_ours(
    publisher: Publisher, released: SmallRun
) -> None:
    publisher.publish(released.release)
    publisher.repo.commit({MANIFEST: b" " * 17_000_000})
    assert publisher.plan(released.release).there.stated is None
