from __future__ import annotations

import pytest

from artifacts.config_names import ConfigNames, config_names, names_among, role_of, same_config
from artifacts.views import is_unsafe

PLAIN, PAPER = config_names("mine"), config_names("mine", "paper")


def test_only_the_papers_own_names_state_sizes() -> None:
    assert PLAIN == ConfigNames("mine-main", "mine-hard", "mine-toxic")
    assert PAPER == ConfigNames("mine-80k", "mine-hard-1k", "mine-toxic")


@pytest.mark.parametrize("names", [PLAIN, PAPER, config_names("my-hard"), config_names("a-toxic")])
def test_a_role_is_told_by_the_end_of_the_name(names: ConfigNames) -> None:
    roles = [role_of(name) for name in (names.main, names.hard, names.toxic)]
    assert roles == ["main", "hard", "toxic"]


@pytest.mark.parametrize("other", ["caesar", "all", "base", "toxic", "hardly", "main", ""])
def test_other_names_have_no_role_and_count_as_unsafe(other: str) -> None:
    assert role_of(other) is None
    assert is_unsafe("or-bench", other)


def test_main_and_hard_are_safe_in_an_over_refusal_set_alone() -> None:
    for names in (PLAIN, PAPER):
        assert not is_unsafe("or-bench", names.main)
        assert not is_unsafe("or-bench", names.hard)
        assert is_unsafe("or-bench", names.toxic)
        assert is_unsafe("sorry-bench", names.main)


def test_a_name_of_before_is_read_as_the_same_part_of_the_set() -> None:
    now = (PLAIN.main, PLAIN.hard, PLAIN.toxic)
    assert [same_config(name, now) for name in (PAPER.main, PAPER.hard)] == [*now[:2]]
    assert same_config("or-bench-80k", now) == PLAIN.main
    assert same_config(PLAIN.hard, (PAPER.main, PAPER.hard, PAPER.toxic)) == PAPER.hard
    assert same_config("caesar", now) is None
    assert same_config("or-bench-80k", ["a-main", "b-main"]) is None


def test_the_names_of_a_finished_set_are_found_whole_or_not_at_all() -> None:
    assert names_among(["mine-toxic", "mine-80k", "mine-hard-1k"]) == PAPER
    assert names_among(["mine-80k", "mine-hard-1k"]) is None
