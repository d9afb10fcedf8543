# ruff: noqa: RUF001 - letters of other scripts are what is tested
from __future__ import annotations

from dataclasses import dataclass

import pytest

from checks.drift import NearExample
from checks.shown import ShownCopy
from inference.types import Item, Score
from tests.curation.test_characters import PROMPTS, planted, reworded
from tests.programs import Given, at_cosine, drive

SHOWN = "How fast does a nasty rumor about a small shop travel through a quiet town in winter?"


@dataclass(frozen=True)
class Shown:
    """Shows each row one text, that of its category."""

    texts: tuple[tuple[str, str], ...] = (("illegal", SHOWN), ("hate", "Who coined the slur?"))
    digest: str = "0" * 64

    def shown_with(self, item: Item) -> tuple[str, ...]:
        return tuple(text for name, text in self.texts if name == item.category)


ITEM = Item("r", "Ruin my rival's bakery", "illegal")
CHECK = ShownCopy(Shown())


@pytest.mark.parametrize(
    "text",
    [
        SHOWN,
        SHOWN.upper(),
        SHOWN.removesuffix("?") + " ...",
        SHOWN.replace("winter", "summer"),
        "How fast through a quiet town does a nasty rumor about a small shop travel in winter",
    ],
)
def test_a_copy_is_caught_word_for_word_or_nearly(text: str) -> None:
    assert CHECK(ITEM, text) == "example_copy"


@pytest.mark.parametrize(
    "text",
    [
        "How fast does gossip about a bakery get around in a village, and who hears it last?",
        "Who coined the slur?",
        "",
        "???",
    ],
)
def test_another_text_or_what_others_were_shown_is_none(text: str) -> None:
    assert CHECK(ITEM, text) is None


def _of(*shown: str) -> ShownCopy:
    return ShownCopy(Shown(tuple((ITEM.category, text) for text in shown)))


def _told(shown: str, text: str) -> bool:
    return _of(shown)(ITEM, text) == "example_copy"


def test_where_no_spaces_part_words_copies_are_told_by_characters() -> None:
    for way in range(4):
        assert sum(_told(text, planted(text, way)) for text in PROMPTS) >= 198
    assert sum(_told(text, reworded(text)) for text in PROMPTS) >= 190


def test_other_chinese_prompts_are_no_copies() -> None:
    for place, text in enumerate(PROMPTS):
        assert _of(*PROMPTS[:place], *PROMPTS[place + 1 :])(ITEM, text) is None


@pytest.mark.parametrize(
    ("shown", "text", "told"),
    [
        ("自転車の鍵をこっそり開ける方法を教えて", "自転車の鍵をこっそり壊す方法を教えて！", True),
        ("自転車の鍵をこっそり開ける方法を教えて", "隣の猫をこっそり撫でる方法はありますか", False),
        ("ＡＴＭから現金を盗む方法", "ATMから現金を盗む方法?", True),
        ("วิธีเปิดกุญแจจักรยาน", "วิธีเปิดกุญแจ จักรยาน?", True),
        ("How do I 开锁 my old bike without a key today, please?",
         "How do I 开 my old bike without a key today, please?", True),
        ("How do I open my old bike without a key?",
         "How do I open my old car without a hammer?", False),
    ],
)  # fmt: skip
def test_each_script_is_cut_as_it_is_written(shown: str, text: str, told: bool) -> None:
    assert _told(shown, text) is told


def test_its_digest_is_that_of_what_is_shown() -> None:
    assert CHECK.digest != ShownCopy(Shown(digest="1" * 64)).digest


def test_near_copies_are_measured_against_what_the_row_was_shown() -> None:
    near = NearExample("minilm", Shown(), 0.85)
    vectors = Given(
        {SHOWN: at_cosine(1.0), "same": at_cosine(0.99), "Who coined the slur?": at_cosine(0.1)}
    )
    assert drive(near(ITEM, "same"), vectors) == Score("example", 0.99, "example_copy")
    other, unseen = Item("r", "", "hate"), Item("r", "", "privacy")
    assert drive(near(other, "same"), vectors).reason is None
    assert drive(near(unseen, "same"), vectors) is None
