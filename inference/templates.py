"""Prompt templates: files beside the code that uses them, versioned by their hash.

A template is a chat: lines `@system`, `@user` and `@assistant` open its messages, and `$name`
marks what is filled in (`$$` is a dollar sign). Like `types`, this module is for the pure floors.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from string import Template as Placeholders
from typing import cast, get_args

from base.did_you_mean import did_you_mean
from base.digests import bytes_digest
from base.foreign_text import read_regular
from inference.errors import InferenceError
from inference.types import Message, Role

_ROLES = get_args(Role)
_ROLE = re.compile(rf"^@({'|'.join(_ROLES)})[ \t]*(?:\n|\Z)", re.MULTILINE)
_LIKE_ROLE = re.compile(r"^@(\w{1,20})[ \t]*$", re.MULTILINE)
_ALONE = "@user\n"
_LARGEST = 1_000_000


class TemplateInvalidError(InferenceError):
    """A template is missing, is no chat that asks, or has a place that nothing fills."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Template:
    """A chat with places to fill in.

    Attributes:
        text: The file's text.
        digest: SHA-256 of the file, in hex: the template's version.
    """

    text: str
    digest: str

    @property
    def places(self) -> frozenset[str]:
        """The names of its places.

        Example:
            >>> sorted(Template("$count rewrites of $seed", "").places)
            ['count', 'seed']
        """
        return frozenset(Placeholders(self.text).get_identifiers())

    def messages(self, **values: str) -> tuple[Message, ...]:
        """The chat with all places filled; a value is inserted as it is, dollar signs and all.

        Raises:
            TemplateInvalidError: A place has no value, or the text opens with no role.
        """
        start, *parts = _ROLE.split(self.text)
        if start.strip() or not parts:
            raise TemplateInvalidError("a template must open with a role line such as @user")
        try:
            return tuple(
                Message(cast("Role", role), Placeholders(body).substitute(values).strip())
                for role, body in zip(parts[::2], parts[1::2], strict=True)
            )
        except KeyError as error:
            rule = "each place of a template must have a value"
            raise TemplateInvalidError(rule, f"${error.args[0]}") from error
        except ValueError as error:
            rule = "a dollar sign of a template must open a place or be written $$"
            raise TemplateInvalidError(rule, f"line {_odd_dollar(self.text)}") from error


def load_template(folder: Path, name: str) -> Template:
    """Reads the shipped template `name`.md of a package's folder.

    Raises:
        TemplateInvalidError: There is none of that name.
    """
    path = folder / f"{name}.md"
    if not path.is_file():
        raise TemplateInvalidError("template must be a shipped one", name)
    data = path.read_bytes()
    return Template(data.decode(), hashlib.sha256(data).hexdigest())


def read_template(
    path: Path, what: str, needed: Collection[str], other: Collection[str] = ()
) -> Template:
    """The template in a user's file; one without a role line is a single user turn.

    Args:
        path: The file.
        what: Whose template it is, for messages: `a judge's template`.
        needed: The places that it must have.
        other: The places that it may have beside them.

    Raises:
        TemplateInvalidError: It is not there, is no UTF-8 text, has text before its first role
            line, or is refused by `require_places`.
    """
    try:
        data = read_regular(path, _LARGEST)
        text = data.decode("utf-8-sig")  # the mark that some editors write is none of the text
    except (OSError, UnicodeDecodeError):
        raise TemplateInvalidError(f"{what} must be a UTF-8 text file", path.name) from None
    text = text.replace("\r\n", "\n")
    _require_dollars(text, path.name, what)  # before a line is put in front of it
    whole = text if _has_roles(text, path.name, what) else _ALONE + text
    return require_places(Template(whole, bytes_digest(data)), path.name, what, needed, other)


def _has_roles(text: str, name: str, what: str) -> bool:
    """Whether a user's text has role lines; one that has any opens with one.

    Raises:
        TemplateInvalidError: It opens otherwise, or a line of it is nearly a role line.
    """
    known = ", ".join(f"@{role}" for role in _ROLES)
    for line in _LIKE_ROLE.finditer(text):
        if line[1] not in _ROLES and did_you_mean(line[1], _ROLES):
            rule = f"a role line of {what} must be one of {known}"
            raise TemplateInvalidError(rule, f"@{line[1]} in {name}")
    found = _ROLE.search(text)
    start = text if found is None else text[: found.start()]
    if found is not None and start.strip():
        rule = f"{what} must have no text before its first role line"
        first = 1 + text[: len(text) - len(text.lstrip())].count("\n")
        raise TemplateInvalidError(rule, f"line {first} of {name}")
    if start.lstrip().startswith("@"):
        raise TemplateInvalidError(f"{what} must open with a line that is one of {known}", name)
    return found is not None


def require_places(
    template: Template, name: str, what: str, needed: Collection[str], other: Collection[str] = ()
) -> Template:
    """The template itself, where it has its places and no unknown one.

    Args:
        template: The template.
        name: Its file's name, for messages.
        what: Whose it is, for messages.
        needed: The places that it must have.
        other: The places that it may have beside them.

    Raises:
        TemplateInvalidError: A place is missing or unknown, it opens with no role, a dollar sign
            opens no place, a turn is empty, or no turn is the user's.
    """
    known = sorted({*needed, *other})
    for place in sorted(template.places - set(known)):
        rule = f"each place of {what} must be a known one{did_you_mean(place, known)}"
        raise TemplateInvalidError(rule, f"${place} in {name}")
    _require_dollars(template.text, name, what)
    turns = template.messages(**{place: f"<<{place}>>" for place in known})
    filled = "\n".join(turn.content for turn in turns)
    for place in sorted(needed):
        if f"<<{place}>>" not in filled:
            raise TemplateInvalidError(f"{what} must have a place ${place}", name)
    if all(turn.role != "user" for turn in turns):
        raise TemplateInvalidError(f"{what} must have a turn of the user, under @user", name)
    if empty := [turn.role for turn in turns if not turn.content]:
        raise TemplateInvalidError(f"each turn of {what} must have text", f"@{empty[0]} in {name}")
    return template


def _require_dollars(text: str, name: str, what: str) -> None:
    if line := _odd_dollar(text):
        rule = f"a dollar sign of {what} must open a place or be written $$"
        raise TemplateInvalidError(rule, f"line {line} of {name}")


def _odd_dollar(text: str) -> int:
    """The first line with a dollar sign that neither opens a place nor stands for itself; or 0."""
    odd = (found for found in Placeholders.pattern.finditer(text) if found["invalid"] is not None)
    return next((text.count("\n", 0, found.start()) + 1 for found in odd), 0)
