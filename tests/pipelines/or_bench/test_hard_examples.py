"""Which hard rows of finished rounds are shown to which seeds of a later one."""

from __future__ import annotations

from collections import Counter

import polars as pl

from checks.identity import content_id
from pipelines.or_bench.hard_examples import SHOWN, HardExamples, seed_item

CHOICE = HardExamples(number=2, risky=True, edition="2026.11.0")


def seeds(number: int, category: str = "hate") -> pl.DataFrame:
    names = [f"{category}-{each}" for each in range(number)]
    return pl.DataFrame(
        {
            "row": names,
            "root": names,
            "text": [f"Seed {name}" for name in names],
            "category": category,
            "position": "1",
        }
    )


def decided(roots: list[str], **columns: object) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "row": [f"row-{number}" for number in range(len(roots))],
            "root": roots,
            "text": [f"Prompt {number} of {root}" for number, root in enumerate(roots)],
            "category": "privacy",  # a moderator's: it is the seed's that decides
            "label": "safe",
            "sounds_risky": True,
            "hard": "hard",
        }
    )
    return frame.with_columns(pl.lit(value).alias(name) for name, value in columns.items())


def shown(found: pl.DataFrame) -> dict[str, list[dict[str, str]]]:
    return dict(zip(found["row"], found[SHOWN].to_list(), strict=True))


def test_before_any_panel_nothing_is_shown() -> None:
    assert set(map(tuple, shown(CHOICE.added(seeds(3), pl.DataFrame())).values())) == {()}


def test_a_seed_is_shown_hard_rows_of_its_category_with_their_seeds_and_none_of_its_own() -> None:
    both = pl.concat([seeds(60), seeds(60, "illegal")])
    rows = decided([f"hate-{number}" for number in range(30)])
    found = shown(CHOICE.added(both, rows))
    assert all(not given for row, given in found.items() if row.startswith("illegal"))
    hate = {row: given for row, given in found.items() if row.startswith("hate")}
    assert {len(given) for given in hate.values()} == {2}
    for row, given in hate.items():
        for each in given:
            assert each["seed"] != f"Seed {row}"
            assert each["prompt"].endswith(each["seed"].removeprefix("Seed "))
            assert each["id"] == content_id(each["prompt"])


def test_few_hard_rows_are_shown_to_few_seeds_and_none_to_more_than_a_quarter() -> None:
    for hard in (1, 2, 5, 40):
        rows = decided([f"hate-{number}" for number in range(hard)])
        found = CHOICE.added(seeds(400), rows)
        often = Counter(each["prompt"] for given in found[SHOWN].to_list() for each in given)
        assert often
        assert max(often.values()) <= 0.25 * 400
        assert len(often) <= 24


def test_only_what_is_hard_and_would_be_released_is_shown() -> None:
    roots = ["hate-1", "hate-2", "hate-3"]
    for columns in ({"hard": "not_hard"}, {"label": "toxic"}, {"sounds_risky": False}):
        found = CHOICE.added(seeds(50), decided(roots, **columns))
        assert set(map(len, found[SHOWN].to_list())) == {0}
    assert any(CHOICE.added(seeds(50), decided(roots))[SHOWN].to_list())


def test_one_seed_s_family_is_in_the_pool_once_and_unknown_families_not_at_all() -> None:
    rows = decided(["hate-1"] * 9 + ["gone"] * 9)
    found = CHOICE.added(seeds(300), rows)
    texts = {each["prompt"] for given in found[SHOWN].to_list() for each in given}
    assert len(texts) == 1
    assert texts.pop().endswith("hate-1")


def test_the_choice_depends_on_no_order_and_on_the_edition() -> None:
    rows = decided([f"hate-{number}" for number in range(30)])
    found = shown(CHOICE.added(seeds(60), rows))
    assert shown(CHOICE.added(seeds(60).reverse(), rows.reverse())) == found
    other = HardExamples(2, True, "2026.12.0")
    assert shown(other.added(seeds(60), rows)) != found
    assert other.digest != CHOICE.digest


def test_a_row_takes_what_it_is_shown_to_its_writer() -> None:
    rows = decided([f"hate-{number}" for number in range(30)])
    row = CHOICE.added(seeds(60), rows).to_dicts()[0]
    expected = tuple((each["seed"], each["prompt"]) for each in row[SHOWN])
    assert seed_item(row).shown == expected != ()
    assert seed_item({**row, SHOWN: None}).shown == ()
