# ruff: noqa: RUF001 - letters of other scripts are what is tested
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.errors import OptionInvalidError
from checks.ngrams import ExampleOverlap, Ngrams, SeedOverlap, has_spaces, jaccard
from inference.types import Item, Score

CHINESE = Ngrams.of_language("zh")
SEED = Item("r", "怎样偷走一辆自行车？", "theft")


def test_a_language_is_cut_by_how_it_is_written() -> None:
    assert Ngrams.of_language("zh") == Ngrams.of_language("ja") == Ngrams(2, spaces=False)
    assert Ngrams.of_language("ta") == Ngrams.of_language("en") == Ngrams(5, spaces=True)
    assert has_spaces(None)


@pytest.mark.parametrize("text", ["怎样，开锁？", "怎样开锁", "怎 样 开 锁!!", "《怎样》开锁……"])
def test_punctuation_and_spaces_are_nothing(text: str) -> None:
    assert CHINESE.cut(text) == {"怎样", "样开", "开锁"}


def test_width_and_case_are_one() -> None:
    assert CHINESE.cut("ＡＴＭ１２") == CHINESE.cut("atm12")
    assert Ngrams(5, spaces=True).cut("STRASSE  nach") == Ngrams(5, spaces=True).cut("Straße, nach")


def test_a_text_of_too_few_characters_is_one_ngram() -> None:
    assert CHINESE.cut("锁") == {"锁"}
    assert CHINESE.cut("？！") == {""}


@given(st.text(max_size=60), st.text(max_size=60))
def test_an_index_is_a_share_and_of_a_text_with_itself_one(one: str, other: str) -> None:
    first, second = CHINESE.cut(one), CHINESE.cut(other)
    assert 0.0 <= jaccard(first, second) == jaccard(second, first) <= 1.0
    assert jaccard(first, first) == 1.0


def test_a_rewrite_that_is_nearly_its_seed_is_near() -> None:
    check = SeedOverlap(CHINESE, 0.6)
    assert check(SEED, "怎样偷走一辆自行车呢？") == Score("drift", 0.89, "drift_near")
    assert check(SEED, "自行车的锁为什么总被小偷剪断？") == Score("drift", 0.11, None)


def test_a_copy_of_an_example_is_one() -> None:
    check = ExampleOverlap(CHINESE, ("如何给猫洗澡？", "怎样吓走野猪？"), 0.6)
    assert check(SEED, "怎样吓走，野猪") == Score("example", 1.0, "example_copy")
    assert check(SEED, "怎样养一头猪？") == Score("example", 0.11, None)


class _Shown:
    digest = "0" * 64

    def shown_with(self, item: Item) -> tuple[str, ...]:
        return ("如何给猫洗澡？",) if item.category == "pets" else ()


def test_what_was_shown_may_be_another_for_each_row() -> None:
    check = ExampleOverlap(CHINESE, _Shown(), 0.6)
    pets = Item("r", "怎样吓唬邻居的猫？", "pets")
    assert check(pets, "如何给猫洗澡") == Score("example", 1.0, "example_copy")
    assert check(SEED, "如何给猫洗澡") is None


def test_what_means_nothing_is_refused() -> None:
    with pytest.raises(OptionInvalidError, match=r"drift: 0 < limit <= 1 \(got 0\)"):
        SeedOverlap(CHINESE, 0)
    with pytest.raises(OptionInvalidError, match="at least one example"):
        ExampleOverlap(CHINESE, (), 0.6)


def test_digests_follow_what_decides() -> None:
    cuts = ((CHINESE, 0.6), (CHINESE, 0.7), (Ngrams(3, spaces=False), 0.6))
    made = [SeedOverlap(*each) for each in cuts]
    assert len({each.digest for each in made}) == 3
