"""A pilot of 20 seeds foretells calls and money of the whole; a few worlds, of 160 seeds each."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.pilot import tried


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_pilots_hold_calls_and_money_of_the_whole_and_nothing_is_paid_twice(
    tmp_path: Path,
) -> None:
    found = []
    for world in (0, 1, 2):
        folder = tmp_path / str(world)
        folder.mkdir()
        found.append(tried(world, folder, seeds=160))
    assert sum(each.calls_held for each in found) >= 2
    assert sum(each.usd_held for each in found) >= 2
    assert all(each.found > 0 for each in found)
    for each in found:  # an interval that holds everything foretells nothing
        assert each.calls_expected.high < 1.5 * each.calls_expected.low
        assert each.usd_expected.high < 2 * each.usd_expected.low
