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


def test_no_more_calls_are_made_than_there_are_cells() -> None:
    supply = Supply(2000, per_call=20, cells=130)
    assert supply.next_calls() == 100
    once = supply.after(rows=1000, calls=100)
    assert once.next_calls() == 30  # the rate would take 100
    last = once.after(rows=1300, calls=30)
    assert (last.next_calls(), last.rounds, ending(last)) == (0, 2, "out_of_cells")


def test_who_is_full_or_dry_is_so_though_no_cell_is_left() -> None:
    supply = Supply(40, per_call=20, cells=2)
    assert ending(supply.after(rows=40, calls=2)) == "full"
    assert ending(supply.after(rows=0, calls=2)) == "dry"
    assert ending(supply.after(rows=10, calls=1)) == "out_of_rounds"
