"""Memory stays flat however many calls are made and however many of them fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.memory import measure, slope


def test_the_slope_is_megabytes_per_thousand_calls() -> None:
    assert slope([(1000, 100.0), (2000, 102.0), (3000, 104.0)]) == pytest.approx(2.0)


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_fifty_thousand_calls_at_twenty_per_cent_faults_leave_memory_flat(tmp_path: Path) -> None:
    found = measure(50_000, 0.2, tmp_path)
    assert found.failed == 0
    assert found.slope < 1.0
