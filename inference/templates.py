"""Prompt templates: files beside the code that uses them, versioned by their hash.

A template is a chat: lines `@system`, `@user` and `@assistant` open its messages, and `$name`
marks what is filled in (`$$` is a dollar sign). Like `types`, this module is for the pure floors.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template as Placeholders
from typing import cast, get_args

from inference.errors import InferenceError
from inference.types import Message, Role

_ROLE = re.compile(rf"^@({'|'.join(get_args(Role))})[ \t]*\n", re.MULTILINE)


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
        """The names of the places that are filled in."""
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
