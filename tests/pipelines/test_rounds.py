from __future__ import annotations

from pipelines.or_bench.supply import Supply, ending


def test_the_first_round_makes_the_papers_hundred_calls() -> None:
    assert Supply(2000, per_call=20).next_calls() == 100


def test_a_later_round_plans_by_the_rate_so_far() -> None:
    supply = Supply(2000, per_call=20).after(rows=1500, calls=100)
    assert supply.missing == 500
    assert supply.next_calls() == 34  # 15 new seeds a call so far


def test_a_poor_rate_does_not_ask_for_ever_more() -> None:
    assert Supply(2000, per_call=20).after(rows=60, calls=100).next_calls() == 200


def test_a_full_category_is_left_alone() -> None:
    supply = Supply(100, per_call=20).after(rows=100, calls=5)
    assert supply.next_calls() == 0
    assert ending(supply) == "full"


def test_a_round_of_repeats_means_that_the_writer_has_run_dry() -> None:
    supply = Supply(2000, per_call=20).after(rows=900, calls=100).after(rows=910, calls=100)
    assert supply.next_calls() == 0
    assert ending(supply) == "dry"


def test_a_category_that_was_still_giving_is_told_from_a_dry_one() -> None:
    assert ending(Supply(2000, per_call=20).after(rows=900, calls=100)) == "out_of_rounds"
