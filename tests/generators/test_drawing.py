from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generators.answers import seed_of

_NAMES = st.text(max_size=20)


@given(row=_NAMES, edition=_NAMES)
def test_a_seed_is_one_that_every_server_takes_and_leaves_room_for_attempts(
    row: str, edition: str
) -> None:
    assert 0 <= seed_of(row, edition) <= 2**31 - 10_001


def test_a_row_has_one_seed_in_an_edition_and_another_in_the_next() -> None:
    rows = [f"row-{number}" for number in range(500)]
    first = [seed_of(row, "2026.11.0") for row in rows]
    assert first == [seed_of(row, "2026.11.0") for row in rows]
    second = [seed_of(row, "2026.12.0") for row in rows]
    assert len({*first, *second}) == 1_000
