"""What the tests of the face share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.prefect_server import used


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    """The worker's Prefect server."""
    with used():
        yield
