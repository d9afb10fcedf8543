from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise

import pytest

from artifacts.audit_facts import (
    Agreement,
    Audit,
    Coverage,
    Diversity,
    NearRepeats,
    Pair,
    RefusalRate,
    RuleBreaks,
    Spread,
    StageBalance,
    Voter,
)
from artifacts.figures.figure import DARK, INK, LIGHT, MIDDLE, Figure
from artifacts.figures.gallery import figures
from tests.artifacts.report.audits import or_bench_audit, sorry_bench_audit, table_audit
from tests.artifacts.report.manifests import or_bench_manifest, sorry_bench_manifest

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawn() -> tuple[Figure, ...]:
    return (
        *figures(or_bench_audit(), or_bench_manifest()),
        *(
            replace(figure, key=f"sorry-{figure.key}")
            for figure in figures(sorry_bench_audit(), sorry_bench_manifest())
        ),
    )


@pytest.fixture(scope="module")
def by_key(drawn: tuple[Figure, ...]) -> dict[str, Figure]:
    return {figure.key: figure for figure in drawn}


def _texts(figure: Figure) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(figure.svg).iter(f"{_SVG}text")]


def test_every_part_of_a_full_audit_is_drawn(drawn: tuple[Figure, ...]) -> None:
    sections = {figure.section for figure in drawn}
    assert sections == {
        *("funnel", "balance", "moderators", "refusals", "repeats"),
        *("diversity", "texts", "provenance", "cost"),
    }
    assert len({figure.key for figure in drawn}) == len(drawn)
    assert all(figure.svg for figure in drawn)


def test_every_figure_says_what_it_is_rests_on_and_shows(drawn: tuple[Figure, ...]) -> None:
    for figure in drawn:
        assert figure.title and figure.alt.endswith("."), figure.key
        assert re.search(r"n = \d", figure.rests_on), figure.key
        assert figure.table.rows, figure.key
        assert all(len(row) == len(figure.table.header) for row in figure.table.rows), figure.key


def test_a_drawing_is_plain_svg_that_fetches_and_runs_nothing(drawn: tuple[Figure, ...]) -> None:
    for figure in drawn:
        root = ElementTree.fromstring(figure.svg)
        names = {each.tag.removeprefix(_SVG) for each in root.iter()}
        assert names <= {"svg", "g", "path", "line", "text", "rect", "defs", "clipPath"}, names
        attributes = {name for each in root.iter() for name in each.attrib}
        assert not {name for name in attributes if name.startswith("on") or "href" in name}
        assert "style" not in attributes, "a policy that allows no inline style would block it"


def test_the_same_audit_is_drawn_the_same_twice(drawn: tuple[Figure, ...]) -> None:
    (again,) = figures(replace(table_audit(), spreads=or_bench_audit().spreads[:1]))
    assert again in drawn


def test_parts_of_a_bar_differ_in_lightness_and_not_in_colour_alone() -> None:
    lightness = sorted(_luminance(colour) for colour in (DARK, MIDDLE, LIGHT))
    steps = [(high + 0.05) / (low + 0.05) for low, high in pairwise(lightness)]
    assert min(steps) > 1.9
    assert (1.05 / (_luminance(INK) + 0.05)) > 7


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_figures_are_written_on_the_drawing_itself(by_key: dict[str, Figure]) -> None:
    found = by_key
    assert {"1,357", "452", "hate", "even"} <= set(_texts(found["spread-or-bench-80k-category"]))
    assert {"4.0%", "mistral-7b"} <= set(_texts(found["refusals-or-bench-80k"]))
    assert {"9,020", "safe", "toxic"} <= set(_texts(found["voters"]))
    assert "6%" in _texts(found["stages"])
    assert "0.04% (4)" in _texts(found["near-inside"])


def test_the_stage_that_moves_the_balance_most_is_told_in_words(
    by_key: dict[str, Figure],
) -> None:
    told = by_key["stages"].alt
    assert "most is clean-0, which keeps least of sexual" in told
    assert "Most: starts_with_how in or-bench-80k with 11.1%." in by_key["rules"].alt


def test_opening_words_are_prompt_text_and_are_not_drawn(by_key: dict[str, Figure]) -> None:
    figure = by_key["openings-or-bench-80k"]
    assert figure.quotes == "or-bench-80k"
    assert figure.table.rows[0][0] == "how do i"
    assert "how do i" not in figure.svg + figure.alt + figure.note


def test_an_audit_without_rows_draws_nothing() -> None:
    empty = Audit(name="empty.csv", rows={"empty": 0}, categories=())
    assert figures(empty) == ()
    counted = replace(empty, spreads=(Spread("empty", "category", {}, None, None, None),))
    assert figures(counted) == ()


def test_categories_without_rows_are_drawn_as_such() -> None:
    counts = {"hate": 0, "privacy": 0}
    (figure,) = figures(
        Audit(
            name="none",
            rows={"none": 0},
            categories=("hate", "privacy"),
            spreads=(Spread("none", "category", counts, None, None, None),),
        )
    )
    assert figure.rests_on == "n = 0 rows"
    assert figure.table.rows[0] == ("hate", 0, "none")
    assert figure.note.endswith("largest / smallest none: no rows.")
    assert "nan" not in figure.svg.lower()


def test_one_category_is_one_bar_held_against_nothing() -> None:
    (figure,) = figures(table_audit(("hate",), rows=1))
    assert figure.rests_on == "n = 1 row"
    assert _texts(figure) == ["hate", "1"]


def test_a_ratio_that_is_none_says_which_category_has_no_row() -> None:
    audit = table_audit(("hate", "privacy"), rows=1)
    for counts, says in (
        ({"hate": 1, "privacy": 0}, "none: privacy has no row"),
        ({"hate": 1, "privacy": 0, "fraud": 0}, "none: 2 of 3 have no row"),
    ):
        spread = Spread("prompts", "category", counts, 0.0, None, None)
        (figure,) = figures(replace(audit, spreads=(spread,)))
        assert figure.note.endswith(f"largest / smallest {says}.")
        assert "the largest is hate with 1 row, " in figure.alt
        assert "not measured" not in figure.note


def test_a_single_language_is_no_chart(by_key: dict[str, Figure]) -> None:
    assert "spread-or-bench-80k-language" in by_key
    alone = Spread("prompts", "language", {"fr": 20}, None, 1.0, None)
    two = replace(alone, config="others", counts={"fr": 20, "en": 1})
    drawn = figures(replace(table_audit(), spreads=(alone, two)))
    assert [figure.key for figure in drawn] == ["spread-others-language"]


def test_compression_is_spoken_of_where_it_was_measured(by_key: dict[str, Figure]) -> None:
    note = by_key["diversity"].note
    assert note.endswith("more alike ones, and so does higher compression in the table.")


def test_forty_five_categories_have_a_bar_each() -> None:
    names = tuple(f"category-{number}" for number in range(45))
    (figure,) = figures(table_audit(names))
    assert set(names) <= set(_texts(figure))


def test_what_was_not_measured_is_said_and_never_drawn_as_zero() -> None:
    nothing = (None, None, None)
    audit = Audit(
        name="sparse",
        rows={"sparse": 3},
        categories=("hate",),
        stages=(StageBalance("clean", {"hate": 0}, {"hate": 0}, *nothing, None, None),),
        voters=(Voter("guard", 0, 0, 0, 0, None),),
        agreement=Agreement(0, None, None, (Pair("a", "b", 0, None, None),)),
        refusals=(RefusalRate("sparse", "p", None, 3, 0, 0, 0, None, None),),
        near=(NearRepeats("inside", "sparse", "sparse", 0.92, 0, 0, ()),),
        diversity=(Diversity("sparse", 0, (), *nothing, None, 0, None),),
        rules=(RuleBreaks("sparse", "quotes", 0, 0),),
        coverage=Coverage(("hate",), {"base": {}}),
    )
    found = {figure.key: figure for figure in figures(audit)}
    assert found["refusals-sparse"].svg == ""
    assert found["voters"].svg == ""
    assert "-" in _texts(found["agreement"])
    assert "none" in _texts(found["near-inside"])
    assert "none" in str(found["rules"].table.rows)
    assert "compression" not in found["diversity"].note
    assert "No target has a verdict." in found["refusals-sparse"].alt
    assert all("nan" not in figure.svg.lower() for figure in found.values())


def test_a_label_can_be_any_text() -> None:
    labels = (
        "</text><script>alert(1)</script>",
        'a"b&c',
        "nul\x00",
        "\u202ertl",
        "\ud800",
        "x" * 300,
    )
    (figure,) = figures(table_audit(labels))
    texts = "".join(_texts(figure))
    assert "<script" not in figure.svg
    assert "</text><script>alert(1)</script>" in texts
    assert not {"\x00", "\u202e", "\ud800"} & set(texts)
