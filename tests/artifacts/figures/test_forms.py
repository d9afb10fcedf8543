"""Drawn outside of the gallery, each part of a chart is held against Vega-Lite's schema."""

from __future__ import annotations

import re

import pytest

from artifacts.figures.figure import slug
from artifacts.figures.forms import Bar, Point, Stack, bars, cells, points, stacks


def _widths(drawn: str, colour: str) -> list[float]:
    found = re.findall(rf'<path d="M[\d.,-]+h([\d.]+)v[^"]*" fill="{colour}"', drawn)
    return list(map(float, found))


def test_bars_are_as_long_as_their_values() -> None:
    drawn = bars([Bar("a", 4, "4"), Bar("b", 1, "1"), Bar("c", None, "not measured")], "k")
    long, short, none = _widths(drawn, "#24507a")
    assert (short / long, none) == (0.25, 0)


def test_a_tiny_share_does_not_look_like_a_large_one() -> None:
    (drawn,) = _widths(bars([Bar("a", 0.001, "0.1%")], "k", least=0.05), "#24507a")
    (whole,) = _widths(bars([Bar("a", 0.05, "5%")], "k", least=0.05), "#24507a")
    assert round(drawn / whole, 3) == 0.02


def test_a_mark_is_drawn_where_it_is_and_named() -> None:
    drawn = bars([Bar("a", 1, "1")], "k", mark=(2.0, "wanted"))
    assert "stroke-dasharray" in drawn and ">wanted</text>" in drawn


def test_a_mark_does_not_go_through_a_number() -> None:
    def starts(value: float) -> float:
        drawn = bars([Bar("a", value, "3"), Bar("b", 4, "4")], "k", mark=(3.1, "even"))
        (at,) = re.findall(r'transform="translate\(([\d.]+),[\d.]+\)"[^>]*>3</text>', drawn)
        return float(at)

    assert starts(3.0) == starts(3.1)  # behind the mark
    assert starts(2.0) < starts(3.0) < starts(3.2)


def test_parts_of_a_stack_stand_one_after_the_other() -> None:
    rows = [Stack("a", {"kept": 50, "dropped": 50}), Stack("b", {"kept": 25})]
    drawn = stacks(rows, ("kept", "dropped"), "k", whole=False)
    assert all(f">{name}</text>" in drawn for name in ("kept", "dropped", "50", "25"))


def test_a_number_that_does_not_fit_its_part_is_left_to_the_table() -> None:
    drawn = stacks([Stack("a", {"kept": 999, "dropped": 1})], ("kept", "dropped"), "k", whole=True)
    assert ">999</text>" in drawn and ">1</text>" not in drawn


def test_cells_are_written_on_in_an_ink_that_reads() -> None:
    values = {("r", "a"): (1.0, "high"), ("r", "b"): (0.1, "low"), ("r", "c"): (None, "none")}
    drawn = cells(values, ["r"], ["a", "b", "c"], "k", top=1.0)
    inks = {text: ink for ink, text in re.findall(r'fill="(#\w+)">(high|low|none)<', drawn)}
    assert inks == {"high": "#fefefe", "low": "#000000", "none": "#5a6675"}


_TURNED = re.compile(r"translate\(([\d.]+),-[\d.]+\) rotate\(315\)[^>]*>([^<]*)<")
_WIDE = 7.1  # pixels a character of such names in DejaVu Sans, the widest of the usual fonts
_SLOPE = 0.7072  # of a length at 45 degrees


@pytest.mark.parametrize(
    "across",
    [
        ["uncommon_dialects"],
        ["base", "slang", "translate-zh-cn", "evidence-based_persuasion"],
        ["evidence-based_persuasion", "base"],
        ["a category's name that is longer than an axis shows"],
    ],
)
def test_slanted_labels_have_room_above_and_to_the_right(across: list[str]) -> None:
    drawn = cells({("r", name): (1.0, "1") for name in across}, ["r"], across, "k")
    sizes = re.search(r'viewBox="([^"]+)"', drawn)
    origin = re.search(r'transform="translate\(([\d.]+),([\d.]+)\)"', drawn)
    assert sizes and origin
    left, above, width, _ = map(float, sizes[1].split())
    assert above < 0
    turned = _TURNED.findall(drawn)
    assert len(turned) == len(across)
    for at, label in turned:
        length = len(label) * _WIDE * _SLOPE
        assert float(origin[2]) - length > above
        assert float(origin[1]) + float(at) + length < left + width


def test_a_drawing_without_slanted_labels_begins_at_its_top() -> None:
    assert re.search(r'viewBox="-\d+ 0 ', bars([Bar("a", 1, "1")], "k"))


def test_points_have_their_whiskers_or_none() -> None:
    rows = [Point("a", 0.5, (0.4, 0.6), "50%"), Point("b", 0.0, None, "0%")]
    drawn = points(rows, "k", ".0%")
    assert ">50%</text>" in drawn and ">0%</text>" in drawn


def test_nothing_to_draw_is_no_drawing() -> None:
    assert bars([], "k") == stacks([], ("kept",), "k", whole=True) == ""
    assert points([], "k", ".0%") == cells({}, [], [], "k") == ""


def test_drawings_of_one_page_do_not_share_ids() -> None:
    legend = [Stack("a", {"kept": 1})]
    first, second = (stacks(legend, ("kept",), key, whole=True) for key in ("one", "two"))
    ids = [set(re.findall(r' id="([^"]+)"', drawn)) for drawn in (first, second)]
    assert not ids[0] & ids[1]


def test_keys_of_different_names_differ() -> None:
    assert slug("spread", "or-bench-80k", "category") == "spread-or-bench-80k-category"
    names = ("a-b", "a b", "a/b", "A-b", "\u4e2d", "\u6587", "\ud800")
    keys = {slug(name) for name in names}
    assert len(keys) == len(names)
    assert all(key.isascii() and key.replace("-", "").isalnum() for key in keys)


def test_a_scale_of_counts_has_its_numbers() -> None:
    drawn = points([Point("a", 12, (7, 18), "12"), Point("b", 30, (20, 41), "30")], "k", ",.0f")
    numbers = re.findall(r">(\d+)</text>", drawn)
    assert {"0", "10", "20", "30", "40"} <= {*numbers}


def test_a_scale_of_shares_says_nothing_beyond_a_whole() -> None:
    drawn = points([Point("a", 0.9, (0.7, 1.0), "90.0%")], "k", ".0%")
    assert ">100%</text>" in drawn
    assert not re.findall(r">1[1-9]0%</text>|>120%</text>", drawn)


def test_a_point_at_nothing_stands_clear_of_its_label() -> None:
    drawn = points([Point("a model of some name", 0.0, (0.0, 0.1), "0.0%")], "k", ".0%")
    label = re.search(r'<text text-anchor="end"[^>]*translate\((-[\d.]+),', drawn)
    assert label is not None
    assert float(label[1]) <= -12
