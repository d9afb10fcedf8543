"""The Prefect server of the worker, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import prefect_server


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    """The Prefect server of this worker."""
    with prefect_server.used():
        yield
