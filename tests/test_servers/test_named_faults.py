from __future__ import annotations

import pytest

from tests.servers.faults import Wire
from tests.servers.named_faults import NAMED, fault, names

_ANSWER = b'{"choices": [{"message": {"content": "Hello there"}}], "usage": {}}'


@pytest.mark.parametrize("name", names())
def test_equal_seeds_give_equal_bytes(name: str) -> None:
    for seed in range(3):
        first, second = fault(name, seed), fault(name, seed)
        if isinstance(first, Wire) and isinstance(second, Wire) and name != "429_date":
            assert first.write(_ANSWER) == second.write(_ANSWER)
        else:
            assert type(first) is type(second)


def test_each_name_stands_under_one_outcome() -> None:
    found = [*names("passes"), *names("answer"), *names("refused")]
    assert sorted(found) == sorted(NAMED) == sorted(names())
