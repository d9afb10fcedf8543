"""One Prefect server for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prefect.testing.utilities import prefect_test_harness


@pytest.fixture(scope="package")
def server() -> Iterator[None]:
    """A Prefect server of the tests' own; it ends with them."""
    with prefect_test_harness(server_startup_timeout=120):
        yield
