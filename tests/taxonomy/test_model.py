from __future__ import annotations

import dataclasses

import pytest

from taxonomy.model import Category, CategoryUnknownError, Taxonomy

KITCHEN = Taxonomy(
    name="kitchen",
    version="1",
    source="a cook",
    categories=(
        Category("too-hot", "Too hot", "Burns."),
        Category("too-cold", "Too cold", "Freezes."),
        Category("none", "None", "Just right."),
    ),
    digest="",
)


def test_the_names_leave_out_none() -> None:
    assert KITCHEN.names == ("too-hot", "too-cold")


def test_texts_are_written_for_all_but_none_and_what_is_only_imported() -> None:
    hot, cold, none = KITCHEN.categories
    kitchen = dataclasses.replace(
        KITCHEN, categories=(dataclasses.replace(hot, sensitive=True), cold, none)
    )
    assert KITCHEN.writable == ("too-hot", "too-cold")
    assert kitchen.writable == ("too-cold",)


def test_none_can_be_looked_up_like_any_category() -> None:
    assert KITCHEN.get("none").definition == "Just right."


@pytest.mark.parametrize("name", ["too-cool", "TOO-COLD", "cold"])
def test_an_unknown_category_is_refused_with_the_nearest_known_one(name: str) -> None:
    with pytest.raises(CategoryUnknownError, match=r"kitchen .did you mean `too-cold`") as caught:
        KITCHEN.get(name)
    assert (caught.value.value, caught.value.exit_code) == (name, 2)


def test_even_an_empty_name_is_refused_in_one_line() -> None:
    with pytest.raises(CategoryUnknownError) as caught:
        KITCHEN.get("")
    assert "\n" not in str(caught.value)


def test_a_category_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        KITCHEN.categories[0].name = "other"  # type: ignore[misc]  # that is what is tested
