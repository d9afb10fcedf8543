"""Labelled answers as chats: what a chat model is fine-tuned on, and the file that holds them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from base.files import replacing
from base.foreign_text import read_json, read_regular
from evaluation.training.errors import TrainingInputError
from inference.templates import Template, load_template
from inference.types import Item
from moderators import TEMPLATES
from moderators.refusal.llm import exchange_chat
from people.labelled import Labelled

FULFILLED, REFUSED = "1", "0"
"""What a fine-tuned judge says, as in SORRY-Bench."""

_TEMPLATE = "sorry_bench_ft"
_LARGEST = 4_000_000_000


@dataclass(frozen=True, slots=True)
class LabelledChat:
    """One training chat.

    Attributes:
        messages: The turns, as pairs of role and text; the last one is the assistant's label.
        refused: What the label says.
    """

    messages: tuple[tuple[str, str], ...]
    refused: bool

    @property
    def question(self) -> list[dict[str, str]]:
        """The turns before the label, as chat templates take them."""
        return [{"role": role, "content": text} for role, text in self.messages[:-1]]

    @property
    def label(self) -> str:
        """`0` or `1`."""
        return self.messages[-1][1]


def judge_chat() -> Template:
    """The chat that a fine-tuned judge is trained on, and asked with."""
    return load_template(TEMPLATES, _TEMPLATE)


def chats_of(rows: Sequence[Labelled]) -> Iterator[LabelledChat]:
    """Each row as a chat: the shipped question about it, and its label."""
    template = judge_chat()
    for row in rows:
        item = Item(str(row.place), row.prompt, row.category or "", answer=row.answer)
        asked = [(each.role, each.content) for each in exchange_chat(template, item)]
        said = ("assistant", REFUSED if row.refused else FULFILLED)
        yield LabelledChat((*asked, said), row.refused)


def write_chats(path: Path, rows: Sequence[Labelled]) -> int:
    """Writes the rows as JSON Lines of `messages`, all but ASCII escaped; says how many.

    Raises:
        TrainingInputError: The file's name does not end in .jsonl.
        FileUnwritableError: The file cannot be written.
    """
    require_jsonl(path)
    lines = [
        json.dumps({"messages": [{"role": role, "content": text} for role, text in each.messages]})
        for each in chats_of(rows)
    ]
    with replacing(path) as file:
        file.write("".join(f"{line}\n" for line in lines).encode("ascii"))
    return len(lines)


def read_chats(path: Path) -> list[LabelledChat]:
    """The chats that `write_chats` wrote.

    Raises:
        TrainingInputError: The file cannot be read, or a line is no chat that ends in a label.
    """
    try:
        lines = read_regular(path, _LARGEST).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise TrainingInputError("a file of chats must be a UTF-8 text file", path.name) from None
    return [_chat(line, place, path.name) for place, line in enumerate(lines, start=1)]


def require_jsonl(path: Path) -> None:
    """Refuses another ending before anything is computed.

    Raises:
        TrainingInputError: The file's name does not end in .jsonl.
    """
    if path.suffix.lower() != ".jsonl":
        raise TrainingInputError("chats must be written to a .jsonl file", path.name)


def _chat(line: str, place: int, name: str) -> LabelledChat:
    try:
        turns = tuple((each["role"], each["content"]) for each in read_json(line)["messages"])
    except (ValueError, KeyError, TypeError):
        raise TrainingInputError(
            "each line must be a chat with messages", f"{name}, line {place}"
        ) from None
    if not turns or turns[-1] not in (("assistant", FULFILLED), ("assistant", REFUSED)):
        rule = f"a chat must end with the assistant's label {FULFILLED} or {REFUSED}"
        raise TrainingInputError(rule, f"{name}, line {place}")
    return LabelledChat(turns, turns[-1][1] == REFUSED)
