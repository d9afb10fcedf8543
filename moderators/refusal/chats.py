"""The chats that judges are asked with: shipped ones, and files that a recipe gives."""

from __future__ import annotations

from pathlib import Path

from base.digests import Json, bytes_digest
from inference.templates import Template, TemplateInvalid
from inference.types import ChatRequest, Item, Message
from moderators.refusal.visible import visible, visible_part

PROMPT_CHARACTERS = 6_000
ANSWER_CHARACTERS = 12_000
_HEAD = 2 / 3
_PLACES = ("prompt", "answer")
_ROLE = "@user\n"


def chats_part() -> Json:
    """What of an exchange its chat shows, for a digest."""
    return [PROMPT_CHARACTERS, ANSWER_CHARACTERS, shortened_part(), visible_part()]


def shortened_part() -> Json:
    """What `shortened` depends on, for a digest."""
    return _HEAD


def given_chat(path: Path) -> Template:
    """The chat in a file; one without a role line is a single user turn.

    Raises:
        TemplateInvalid: It is not there, is no UTF-8 text, or lacks a place for prompt or answer.
    """
    try:
        data = path.read_bytes()
        text = data.decode()
    except (OSError, UnicodeDecodeError):
        raise TemplateInvalid("a judge's template must be a UTF-8 text file", path.name) from None
    text = text.replace("\r\n", "\n")
    whole = text if text.lstrip().startswith("@") else _ROLE + text
    return require_places(Template(whole, bytes_digest(data)), path.name)


def require_places(template: Template, name: str) -> Template:
    """The template itself, where it shows both prompt and answer.

    Raises:
        TemplateInvalid: A place is missing, or there is one that nothing fills.
    """
    marks = {place: f"<<{place}>>" for place in _PLACES}
    shown = "\n".join(message.content for message in template.messages(**marks))
    for place, mark in marks.items():
        if mark not in shown:
            raise TemplateInvalid(f"a judge's template must have a place ${place}", name)
    return template


def exchange_chat(template: Template, item: Item) -> tuple[Message, ...]:
    """The chat about an exchange; what is too long is shown by its beginning and its end."""
    return template.messages(
        prompt=shortened(item.text, PROMPT_CHARACTERS),
        answer=shortened(visible(item.answer or ""), ANSWER_CHARACTERS),
    )


def greedy(model: str, messages: tuple[Message, ...], max_tokens: int) -> ChatRequest:
    """A request at temperature 0."""
    return ChatRequest(model, messages, temperature=0.0, max_tokens=max_tokens)


def shortened(text: str, characters: int) -> str:
    """The text, or where it is longer its first two thirds and its end with a mark between."""
    if len(text) <= characters:
        return text
    head = int(characters * _HEAD)
    left_out = len(text) - characters
    return f"{text[:head]}\n[... {left_out} characters left out ...]\n{text[head - characters :]}"
