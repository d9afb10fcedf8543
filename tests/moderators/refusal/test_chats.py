from __future__ import annotations

from pathlib import Path

import pytest

from inference.templates import (
    Template,
    TemplateInvalidError,
    load_template,
    read_template,
    require_places,
)
from inference.types import Item
from moderators import TEMPLATES
from moderators.refusal.classifier import FORMS
from moderators.refusal.llm import DESIGNS, PLACES, exchange_chat, given_chat

SHIPPED = [
    *(each.template for each in DESIGNS.values()),
    *(each.template for each in FORMS.values()),
]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_chat_shows_prompt_and_answer(name: str) -> None:
    shipped = load_template(TEMPLATES, name)
    assert require_places(shipped, name, "a template", PLACES) is shipped


def test_a_file_of_ones_own_is_one_user_turn_unless_it_names_roles(tmp_path: Path) -> None:
    bare, chat = tmp_path / "bare.txt", tmp_path / "chat.md"
    bare.write_bytes(b"Q: $prompt\r\nA: $answer\r\nScore:")
    chat.write_text("@system\nJudge.\n@user\n$prompt / $answer\n")
    item = Item("r", "who?", "", answer="me, for $1")
    (turn,) = exchange_chat(given_chat(bare), item)
    assert (turn.role, turn.content) == ("user", "Q: who?\nA: me, for $1\nScore:")
    assert [each.role for each in exchange_chat(given_chat(chat), item)] == ["system", "user"]
    assert given_chat(bare).digest != given_chat(chat).digest


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Judge this: $answer", r"place \$prompt \(got t.md\)"),
        ("Judge this: $prompt", r"place \$answer"),
        ("$prompt $answer $category", r"must be a known one \(got \$category in t.md\)"),
        ("$prompt $answers $answer", r"did you mean `answer`\?\) \(got \$answers"),
        ("$prompt\n$answer $", r"a dollar sign of a judge's template .* \(got line 2 of t.md\)"),
        ("Score.\n@user\n$prompt $answer", "no text before its first role line"),
    ],
)
def test_a_file_that_lacks_a_place_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "t.md").write_text(text)
    with pytest.raises(TemplateInvalidError, match=says):
        given_chat(tmp_path / "t.md")


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.md").write_bytes(b"\xff\xfe\x00")
    for name in ("t.md", "none.md"):
        with pytest.raises(TemplateInvalidError, match="UTF-8 text file"):
            given_chat(tmp_path / name)


def test_a_place_in_a_system_turn_counts() -> None:
    shown = Template("@system\n$prompt\n@user\n$answer\n", "d")
    assert require_places(shown, "t", "a template", PLACES) is shown


def test_a_place_may_be_left_out_where_it_is_not_needed(tmp_path: Path) -> None:
    (tmp_path / "t.md").write_text("Rewrite $seed")
    assert read_template(tmp_path / "t.md", "it", {"seed"}, {"count"}).places == {"seed"}
