from __future__ import annotations

import pytest

from checks.language import Language
from generators.errors import StyleUnknownError
from generators.mutations.chats import chat_of
from generators.mutations.styles import GROUPS, NAMES, WRITTEN, load_chat, written
from inference.templates import TemplateInvalidError
from inference.types import Item

PUBLISHED = (
    "ascii caesar morse atbash "
    "question slang uncommon_dialects technical_terms role_play misspellings "
    "logical_appeal authority_endorsement misrepresentation evidence-based_persuasion "
    "expert_endorsement translate-ml translate-ta translate-mr translate-zh-cn translate-fr"
).split()


def test_the_names_are_the_published_ones_in_their_order() -> None:
    assert list(NAMES) == PUBLISHED


def test_four_groups_have_their_styles() -> None:
    sizes = {group: list(GROUPS.values()).count(group) for group in GROUPS.values()}
    assert sizes == {"encoding": 4, "writing": 6, "persuasion": 5, "language": 5}


@pytest.mark.parametrize("name", list(WRITTEN))
def test_the_request_is_in_english_and_its_base_comes_last(name: str) -> None:
    messages = chat_of(WRITTEN[name]).messages(Item("r17", "$10 for {a} cake", "c"))
    assert messages[-1].content.endswith(": $10 for {a} cake")
    assert Language("en")(Item("r", "", "c"), messages[0].content) is None


def test_an_unknown_style_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(StyleUnknownError, match=r"did you mean `slang`\?\) \(got slng\)"):
        written("slng")


def test_a_style_without_its_template_is_refused() -> None:
    with pytest.raises(TemplateInvalidError, match="shipped"):
        load_chat("no_such_style")
