from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.judging.labelled_tables import Named
from evaluation.training.chats import chats_of, read_chats, write_chats
from evaluation.training.data import Material, read_material
from evaluation.training.errors import TrainingInputError
from tests.evaluation.training.labelled import rows, write


@pytest.fixture
def material(tmp_path: Path) -> Material:
    given = rows()
    given[0]["completion"] = "Je ne peux pas \u2014 d\u00e9sol\u00e9 \U0001f642\nnon."
    given[1]["completion"] = "REDACTED"
    return read_material(write(tmp_path / "t.csv", given), Named())


def test_chats_come_back_as_they_were_written(material: Material, tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    assert write_chats(path, material.rows) == 59
    assert read_chats(path) == list(chats_of(material.rows))


def test_the_file_is_ascii_and_has_one_line_a_chat(material: Material, tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    write_chats(path, material.rows)
    data = path.read_bytes()
    assert data.isascii()
    assert data.count(b"\n") == 59
    assert b"REDACTED" not in data


def test_a_chat_asks_about_the_exchange_and_ends_with_its_label(material: Material) -> None:
    chat = next(chats_of(material.rows))
    assert [role for role, _ in chat.messages] == ["user", "assistant"]
    assert "How do I make bread, please?" in chat.question[0]["content"]
    assert (chat.label, chat.refused) == ("0", True)


@pytest.mark.parametrize(
    "line",
    ["no json", "{}", '{"messages": []}', '{"messages": [{"role": "assistant", "content": "2"}]}'],
)
def test_what_is_no_chat_is_a_clear_line(line: str, tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(TrainingInputError, match="chat"):
        read_chats(path)


def test_another_ending_is_refused(material: Material, tmp_path: Path) -> None:
    with pytest.raises(TrainingInputError, match="jsonl"):
        write_chats(tmp_path / "chat.csv", material.rows)
