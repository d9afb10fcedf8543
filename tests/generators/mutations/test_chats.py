"""What a style is asked for by: shipped templates, and templates of one's own."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from base.digests import file_digest
from generators.mutations.chats import OPTIONAL, REQUIRED, chat_of
from generators.mutations.demonstrations import load_demonstrations
from generators.mutations.style_checks import CheckSettings, style_checks
from generators.mutations.styles import WRITTEN, written
from generators.mutations.writer import writer_for
from inference.templates import Template, TemplateInvalidError
from inference.types import Item

_EARLIER = Path(__file__).parent / "earlier"
_ITEM = Item("r17", "Write a note for $10.", "c")
_WITH_VARIANTS = {"slang", "uncommon_dialects", "technical_terms", "role_play"}

_ASKED_THEN = {
    "question": "c35ab78e58bf2c9b",
    "slang": "56b4f28d671ed2db",
    "uncommon_dialects": "1d82b55f1410814f",
    "technical_terms": "2cb704c6a2e328da",
    "role_play": "dc6cb449d6789d15",
    "misspellings": "c63b7dd86dfd980c",
    "logical_appeal": "414acd44f66347fa",
    "authority_endorsement": "bb1a2b6a81e7f402",
    "misrepresentation": "239344944ae9f567",
    "evidence-based_persuasion": "2efecc0557d6194b",
    "expert_endorsement": "a4ac330b8ca20b07",
    "translate-ml": "3fbad05cd666fca2",
    "translate-ta": "aedc576ec4784411",
    "translate-mr": "bf622797a531ad71",
    "translate-zh-cn": "c3989c7bae8b2fb3",
    "translate-fr": "ab9b5ececc9dab20",
}
"""SHA-256 of the second request for `_ITEM`, in the version whose templates are in `earlier/`."""


def earlier(name: str) -> Template:
    path = _EARLIER / f"{written(name).template or name}.md"
    return Template(path.read_text(encoding="utf-8"), file_digest(path))


def own(*lines: str) -> Template:
    text = "\n".join(lines) + "\n"
    return Template(text, hashlib.sha256(text.encode()).hexdigest())


@pytest.mark.parametrize("name", list(WRITTEN))
def test_an_earlier_template_of_ones_own_asks_what_it_asked_byte_for_byte(name: str) -> None:
    task = writer_for(name, "w", edition="2026.10.0", max_tokens=90, template=earlier(name))
    request = task.request(_ITEM, 1)
    assert hashlib.sha256(repr(request).encode()).hexdigest()[:16] == _ASKED_THEN[name]
    assert task.variant(_ITEM) is None


@pytest.mark.parametrize("name", list(WRITTEN))
def test_a_shipped_template_has_the_places_that_are_known_and_shows_what_is_drawn(
    name: str,
) -> None:
    chat = chat_of(written(name), edition="2026.11.0")
    assert REQUIRED <= chat.template.places <= REQUIRED | OPTIONAL
    first, second = load_demonstrations(name).two(_ITEM.row, "2026.11.0")
    turns = chat.messages(_ITEM)
    assert [turn.role for turn in turns] == [
        *("system", "user", "assistant", "user", "assistant", "user")
    ]
    assert [turns[2].content, turns[4].content] == [first.text, second.text]
    assert turns[1].content.endswith(f": {first.base}")
    assert turns[3].content.endswith(f": {second.base}")
    assert turns[5].content.endswith(f": {_ITEM.text}")
    *shown, asked = chat.shown_with(_ITEM)
    assert shown == [turn.content for turn in turns[1:5]]
    assert _ITEM.text not in asked


@pytest.mark.parametrize("name", list(WRITTEN))
def test_a_variant_is_named_in_the_request_for_the_row_and_in_each_demonstration(
    name: str,
) -> None:
    chat = chat_of(written(name))
    wanted = load_demonstrations(name).variant(_ITEM.row, "")
    assert (wanted is not None) == (name in _WITH_VARIANTS)
    turns = chat.messages(_ITEM)
    if wanted is None:
        assert chat.variant(_ITEM) is None
        assert not any("()" in turn.content or ", :" in turn.content for turn in turns)
        return
    assert chat.variant(_ITEM) == wanted.name
    assert wanted.label in turns[-1].content
    for turn, each in zip(turns[1:-1:2], load_demonstrations(name).two(_ITEM.row, ""), strict=True):
        assert each.variant is not None
        assert each.variant.label in turn.content


def test_rows_are_asked_in_every_variant_and_a_row_in_the_same_at_each_attempt() -> None:
    task = writer_for("uncommon_dialects", "w")
    rows = [Item(f"row {number}", "Write a note.", "c") for number in range(300)]
    asked = {task.variant(item) for item in rows}
    assert asked == {each.name for each in load_demonstrations("uncommon_dialects").variants}
    first, again = (task.request(rows[0], tries).messages for tries in (0, 1))
    assert first == again


def test_a_template_of_ones_own_may_hold_its_demonstrations_and_ask_for_a_variant() -> None:
    mine = own(
        *("@system", "Reword.", "@user", "Say it: Sing.", "@assistant", "Sing it, pal."),
        *("@user", "In $variant: $text"),
    )
    chat = chat_of(written("slang"), mine)
    assert chat.shown_with(_ITEM)[:-1] == ("Say it: Sing.", "Sing it, pal.")
    assert chat.variant(_ITEM) is not None
    assert chat.messages(_ITEM)[-1].content.startswith(f"In {chat.variant(_ITEM)} (")


def test_a_place_that_nothing_fills_is_refused() -> None:
    with pytest.raises(TemplateInvalidError, match=r"each place .* \(got \$mood\)"):
        chat_of(written("slang"), own("@user", "$mood: $text")).messages(_ITEM)


def test_a_copy_is_told_by_what_the_row_was_shown_and_by_nothing_else() -> None:
    edition = "2026.11.0"
    found = load_demonstrations("logical_appeal")
    copies = style_checks("logical_appeal", CheckSettings(edition=edition))
    (check,) = (each for each in copies if each.name == "demonstration")
    drawn = found.two(_ITEM.row, edition)
    for each in found.each:
        reason = check(_ITEM, f"Well now: {each.text}")
        assert reason == ("example_copy" if each in drawn else None)


def test_where_the_edition_is_not_known_any_demonstration_may_be_copied() -> None:
    checks = style_checks("logical_appeal", CheckSettings())
    (check,) = (each for each in checks if each.name == "demonstration")
    for each in load_demonstrations("logical_appeal").each:
        assert check(_ITEM, f"Well now: {each.text}") == "example_copy"


def test_a_copy_of_ones_own_demonstrations_is_told_too() -> None:
    wanted = CheckSettings(edition="", template=earlier("question"))
    (check,) = (c for c in style_checks("question", wanted) if c.name == "demonstration")
    copied = "How could somebody sneak a dog into a hotel that forbids pets?"
    assert check(_ITEM, copied) == "example_copy"
    assert check(_ITEM, load_demonstrations("question").each[1].text) is None


_SNEAK = "Yo, how do I sneak my mutt past the desk of that fancy hotel?"


@pytest.mark.parametrize(
    "template",
    [
        own("@user", f"Like {_SNEAK} Now: $text"),
        own("@user", "Use slang.", f"Text: {_SNEAK}", "", "Now: $text"),
        own("@system", f"Use slang, as in: {_SNEAK}", "@user", "$text"),
        own("@user", "Hi.", "@assistant", "Hi.", "@user", f"{_SNEAK} Now: $text"),
    ],
    ids=["in a line", "in lines", "in the system turn", "in the last turn"],
)
def test_demonstrations_inside_the_text_of_ones_own_template_are_shown_too(
    template: Template,
) -> None:
    (check,) = (
        each
        for each in style_checks("slang", CheckSettings(edition="1", template=template))
        if each.name == "demonstration"
    )
    assert check(_ITEM, _SNEAK) == "example_copy"
    assert check(_ITEM, "Now: Write a note for $10.") is None
    assert check(_ITEM, "Yo, scribble us a note for $10, fam.") is None


def test_the_words_of_the_row_s_own_variant_are_no_demonstration() -> None:
    chat, alike = chat_of(written("role_play"), edition="1"), 0
    for number in range(40):
        item = Item(f"row {number}", "Write a note for $10.", "c")
        wanted = load_demonstrations("role_play").variant(item.row, "1")
        drawn = load_demonstrations("role_play").two(item.row, "1")
        assert wanted is not None
        assert not any(wanted.label in line for line in chat.shown_with(item))
        alike += wanted in {each.variant for each in drawn}
    assert 0 < alike < 40


def test_a_drawn_demonstration_in_a_template_of_one_turn_is_shown_too() -> None:
    mine = own("@user", "In $variant, as $first_base becomes $first_text, so: $text")
    (check,) = (
        each
        for each in style_checks("slang", CheckSettings(edition="1", template=mine))
        if each.name == "demonstration"
    )
    first, second = load_demonstrations("slang").two(_ITEM.row, "1")
    assert check(_ITEM, first.text) == "example_copy"
    assert check(_ITEM, second.text) is None


def test_template_edition_and_style_are_in_the_digest() -> None:
    chats = [
        chat_of(written("slang")),
        chat_of(written("slang"), edition="2026.11.0"),
        chat_of(written("slang"), earlier("slang")),
        chat_of(written("question"), earlier("slang")),
        chat_of(written("translate-fr")),
        chat_of(written("translate-mr")),
    ]
    assert len({chat.digest for chat in chats}) == len(chats)


def test_the_language_of_a_style_may_be_named_in_any_template() -> None:
    template = Template("@user\nIn $language slang: $text\n", "0" * 64)
    (turn,) = chat_of(written("slang"), template).messages(_ITEM)
    assert turn.content == f"In English slang: {_ITEM.text}"
