"""The rows of calls for seeds: their cells, and what those of a later round are shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import polars as pl

from artifacts.schemas import WRITTEN_SEEDS
from curation.nearest import nearest_digest
from pipelines.or_bench.seed_calls import SHOWN, SeedCalls, seed_call_of
from pipelines.or_bench.seed_cells import Cell, dealt
from pipelines.runner.stage import Row
from taxonomy.cells import Cells
from tests.programs import Given, drive

LISTS = Cells(
    {"hate": ("chants", "jokes"), "privacy": ("diaries", "letters")},
    ("a cook", "a nurse"),
    ("at sea",),
    ("a wish",),
    "0" * 64,
)
PLAIN = SeedCalls("llm:w", "cc-by-4.0", True)
NONE = pl.DataFrame()


def by_cell(encoder: str | None = None) -> SeedCalls:
    return SeedCalls("llm:w", "cc-by-4.0", True, LISTS, "2026.11.0", encoder)


def seeds(*texts: tuple[str, str, str]) -> pl.DataFrame:
    rows = [
        {**dict.fromkeys(WRITTEN_SEEDS), "row": row, "text": text, "category": "hate",
         "sub_topic": topic}
        for row, text, topic in texts
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=WRITTEN_SEEDS)


def of_first_round(made: SeedCalls, calls: Mapping[str, int]) -> list[Row]:
    found = made.of_round(0, calls, NONE, NONE)
    assert isinstance(found, dict)
    rows: list[Row] = found["kept"].to_dicts()
    return rows


def of_second_round(made: SeedCalls, known: pl.DataFrame, answer: Given | None = None) -> list[Row]:
    first = pl.DataFrame(of_first_round(made, {"hate": 2}))
    found = made.of_round(1, {"hate": 2}, first, known)
    frames = found if isinstance(found, dict) else drive(found, answer or Given({}))  # type: ignore[arg-type]
    rows: list[Row] = frames["kept"].to_dicts()
    return rows


def cells_of(rows: Sequence[Row]) -> list[Cell]:
    return [Cell(*(row[name] for name in Cell._fields)) for row in rows]


def test_without_cells_calls_are_as_they_were() -> None:
    """The key was made by the release before calls differed."""
    (call,) = of_first_round(PLAIN, {"hate": 1})
    assert (call["row"], call["position"]) == ("b589ff215d21cac4", "0.0")
    assert (call["sub_topic"], call["shown"]) == (None, [])
    assert PLAIN.part(3) == ("llm:w", "cc-by-4.0", True, 3)


def test_a_later_round_goes_on_with_the_cells_that_are_left() -> None:
    first = of_first_round(by_cell(), {"hate": 2})
    second = of_second_round(by_cell(), NONE)
    assert cells_of([*first, *second]) == [*dealt(LISTS, "hate", "2026.11.0")]
    assert len({row["row"] for row in (*first, *second)}) == 4


def test_cells_give_calls_no_other_keys() -> None:
    plain = of_first_round(PLAIN, {"hate": 2, "privacy": 1})
    differing = of_first_round(by_cell(), {"hate": 2, "privacy": 1})
    assert [row["row"] for row in plain] == [row["row"] for row in differing]


def test_without_an_encoder_seeds_of_the_sub_topic_come_first() -> None:
    own = [(f"{place:02}", f"own {place}", "chants") for place in range(3)]
    others = [(f"{place}", f"other {place}", "jokes") for place in range(10, 30)]
    for call in of_second_round(by_cell(), seeds(*own, *others)):
        shown = [each["text"] for each in call["shown"]]
        assert len(shown) == SHOWN
        assert shown == sorted(shown, key=lambda text: (text[:3] != "own", text))
        if call["sub_topic"] == "chants":
            assert shown[:3] == ["own 0", "own 1", "own 2"]
        else:
            assert sum(text.startswith("other") for text in shown) == SHOWN


def test_an_encoder_says_which_seeds_are_near_whatever_order_they_come_in() -> None:
    known = [(f"{place:02}", f"seed {place}", "chants") for place in range(12)]
    angles = {f"seed {place}": 15.0 * place for place in range(12)}
    for call in of_second_round(by_cell(), NONE):
        angles[cells_of([call])[0].words] = 0.0 if call["role"] == "a cook" else 165.0
    answer = Given(
        {
            text: [math.cos(math.radians(angle)), math.sin(math.radians(angle))]
            for text, angle in angles.items()
        }
    )
    for order in (known, known[::-1]):
        for call in of_second_round(by_cell("minilm"), seeds(*order), answer):
            rows = [each["row"] for each in call["shown"]]
            first = 0 if call["role"] == "a cook" else 4
            assert rows == [f"{place:02}" for place in range(first, first + SHOWN)]


def test_what_a_call_is_shown_reaches_its_writer() -> None:
    (call, _) = of_second_round(by_cell(), seeds(("s1", "Sing a mean song.", "chants")))
    item = seed_call_of(call)
    assert (item.row, item.category, item.written) == (call["row"], "hate", ("Sing a mean song.",))
    assert Cell(item.sub_topic, item.role, item.setting, item.form) == cells_of([call])[0]


def test_lists_edition_and_encoder_are_part_of_what_calls_are_made_from() -> None:
    parts = [
        by_cell().part(0),
        by_cell("minilm").part(0),
        SeedCalls("llm:w", "cc-by-4.0", True, LISTS, "2026.12.0").part(0),
        by_cell().part(1),
    ]
    assert all(one != other for place, one in enumerate(parts) for other in parts[:place])
    assert nearest_digest() in by_cell().part(0)
