"""Templates in users' files: what they may be, and what is wrong with them in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.templates import Template, TemplateInvalidError, read_template


def _read(folder: Path, text: str, encoding: str = "utf-8") -> Template:
    (folder / "mine.md").write_text(text, encoding=encoding)
    return read_template(folder / "mine.md", "rewrite.template", ["seed"], ["count"])


def _turns(template: Template) -> list[tuple[str, str]]:
    return [(turn.role, turn.content) for turn in template.messages(seed="S", count="5")]


@pytest.mark.parametrize("text", ["@system\nBe brief.\n@user\nRewrite $seed\n", "Rewrite $seed"])
def test_a_mark_of_the_byte_order_is_no_part_of_the_text(tmp_path: Path, text: str) -> None:
    plain = _turns(_read(tmp_path, text))
    assert _turns(_read(tmp_path, text, "utf-8-sig")) == plain
    assert plain[-1] == ("user", "Rewrite S")


def test_blank_lines_before_the_first_role_and_a_reply_to_go_on_from_are_taken(
    tmp_path: Path,
) -> None:
    template = _read(tmp_path, "\n \n@user\nRewrite $seed for $$5\n@assistant\nSure:\n")
    assert _turns(template) == [("user", "Rewrite S for $5"), ("assistant", "Sure:")]


def test_a_sign_before_a_name_is_text(tmp_path: Path) -> None:
    assert _turns(_read(tmp_path, "Tell\n@everyone\n$seed")) == [("user", "Tell\n@everyone\nS")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "Be brief.\n@user\nRewrite $seed\n",
            "rewrite.template must have no text before its first role line (got line 1 of mine.md)",
        ),
        (
            "@system\nRewrite $seed\n",
            "rewrite.template must have a turn of the user, under @user (got mine.md)",
        ),
        (
            "@assistant\nRewrite $seed\n",
            "rewrite.template must have a turn of the user, under @user (got mine.md)",
        ),
        (
            "@system\nRewrite $seed\n@user",
            "each turn of rewrite.template must have text (got @user in mine.md)",
        ),
        (
            "@User\nRewrite $seed\n",
            "a role line of rewrite.template must be one of @system, @user, @assistant"
            " (got @User in mine.md)",
        ),
        (
            "@user\nRewrite $seed\n@asistant\nSure.\n",
            "a role line of rewrite.template must be one of @system, @user, @assistant"
            " (got @asistant in mine.md)",
        ),
        (
            "@user Rewrite $seed\n",
            "rewrite.template must open with a line that is one of @system, @user, @assistant"
            " (got mine.md)",
        ),
        (
            "@user\nFor 5 $ rewrite\n$seed\n",
            "a dollar sign of rewrite.template must open a place or be written $$"
            " (got line 2 of mine.md)",
        ),
        ("@user\nRewrite it\n", "rewrite.template must have a place $seed (got mine.md)"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_key_and_the_file(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(TemplateInvalidError) as caught:
        _read(tmp_path, text)
    assert str(caught.value) == says
    assert caught.value.exit_code == 2


def test_bytes_that_are_no_text_are_named_by_key_and_file(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_bytes(b"\xff\xfe$\x00")
    with pytest.raises(
        TemplateInvalidError, match=r"^x.template must be a UTF-8 text file \(got mine.md\)$"
    ):
        read_template(tmp_path / "mine.md", "x.template", [])
