"""What the tests of the face share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package")
def server() -> Iterator[None]:
    """A Prefect server of the tests' own; it ends with them."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield
