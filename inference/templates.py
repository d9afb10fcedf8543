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

_ROLE = re.compile(rf"^@({'|'.join(get_args(Role))})[ \t]*\n", re.MULTILINE)
_ALONE = "@user\n"
_LARGEST = 1_000_000


class TemplateInvalidError(InferenceError):
    """A template is missing, opens with no role, or has a place that nothing fills."""


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
        except (KeyError, ValueError) as error:
            raise TemplateInvalidError(
                "each place of a template must have a value", error
            ) from error


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
        TemplateInvalidError: It is not there, is no UTF-8 text, lacks a place that it must have,
            has one that nothing fills, or a dollar sign that opens none.
    """
    try:
        data = read_regular(path, _LARGEST)
        text = data.decode()
    except (OSError, UnicodeDecodeError):
        raise TemplateInvalidError(f"{what} must be a UTF-8 text file", path.name) from None
    text = text.replace("\r\n", "\n")
    whole = text if text.lstrip().startswith("@") else _ALONE + text
    return require_places(Template(whole, bytes_digest(data)), path.name, what, needed, other)


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
        TemplateInvalidError: A place is missing or unknown, it opens with no role, or a dollar sign
            opens no place.
    """
    known = sorted({*needed, *other})
    for place in sorted(template.places - set(known)):
        rule = f"each place of {what} must be a known one{did_you_mean(place, known)}"
        raise TemplateInvalidError(rule, f"${place} in {name}")
    filled = "\n".join(each.content for each in template.messages(**{k: f"<<{k}>>" for k in known}))
    for place in sorted(needed):
        if f"<<{place}>>" not in filled:
            raise TemplateInvalidError(f"{what} must have a place ${place}", name)
    return template
