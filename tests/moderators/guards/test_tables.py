from __future__ import annotations

import pytest

from moderators.errors import GuardUnknownError
from moderators.guards.registry import guard, guards
from taxonomy import Taxonomy, load_taxonomy

TAXONOMY = load_taxonomy("or_bench")
GUARDS = guards(TAXONOMY)


@pytest.mark.parametrize("dialect", sorted(GUARDS))
def test_every_native_category_maps_to_one_of_the_taxonomy_or_to_none(dialect: str) -> None:
    for native, category in GUARDS[dialect].table.items():
        assert category is None or category in TAXONOMY.names, native


def test_llama_guard_maps_all_fourteen_codes() -> None:
    assert list(GUARDS["llama-guard"].table) == [f"S{number}" for number in range(1, 15)]


def test_what_the_taxonomy_leaves_out_maps_to_nothing() -> None:
    assert GUARDS["llama-guard"].table["S4"] is None
    assert GUARDS["qwen3guard"].table["Jailbreak"] is None


def test_the_safeguards_table_follows_the_taxonomy() -> None:
    few = Taxonomy("few", "1", "", TAXONOMY.categories[:2], "0")
    assert set(guard("gpt-oss-safeguard", few).table) == {"deception", "harassment"}


@pytest.mark.parametrize("dialect", ["harmbench", "sorry-judge"])
def test_a_dialect_that_moderates_nothing_is_no_guard_here(dialect: str) -> None:
    with pytest.raises(GuardUnknownError, match=rf"llama-guard, .* \(got {dialect}\)"):
        guard(dialect, TAXONOMY)
