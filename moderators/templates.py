"""Prompt templates: files beside this module, versioned by their hash.

A template is a chat: lines `@system`, `@user` and `@assistant` open its messages, and `$name`
marks what is filled in (`$$` is a dollar sign).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template as Placeholders
from typing import cast, get_args

from inference.types import Message, Role
from moderators.errors import TemplateInvalid

_HERE = Path(__file__).parent / "templates"
_ROLE = re.compile(rf"^@({'|'.join(get_args(Role))})[ \t]*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Template:
    """A chat with places to fill in.

    Attributes:
        text: The file's text.
        digest: SHA-256 of the file, in hex: the template's version.
    """

    text: str
    digest: str

    def messages(self, **values: str) -> tuple[Message, ...]:
        """The chat with all places filled; a value is inserted as it is, dollar signs and all.

        Raises:
            TemplateInvalid: A place has no value, or the text opens with no role.
        """
        start, *parts = _ROLE.split(self.text)
        if start.strip() or not parts:
            raise TemplateInvalid("a template must open with a role line such as @user")
        try:
            return tuple(
                Message(cast(Role, role), Placeholders(body).substitute(values).strip())
                for role, body in zip(parts[::2], parts[1::2], strict=True)
            )
        except (KeyError, ValueError) as error:
            raise TemplateInvalid("each place of a template must have a value", error) from error


def load(name: str) -> Template:
    """Reads the shipped template `name`.md.

    Raises:
        TemplateInvalid: There is none of that name.
    """
    path = _HERE / f"{name}.md"
    if not path.is_file():
        raise TemplateInvalid("template must be a shipped one", name)
    data = path.read_bytes()
    return Template(data.decode(), hashlib.sha256(data).hexdigest())
