"""How an answer in JSON is asked for, and what a server that was left the choice takes.

A schema that the server keeps to is best, and not every server has one: some refuse the field, some
take it and answer prose. `auto` tries one form after the other and keeps the first that holds, as a
record of the run: the form is part of a request's ledger key, and whoever works on the run must
ask in the same form.
"""

import asyncio
import fcntl
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from base.files import make_folders, replacing
from base.foreign_text import read_json, read_regular
from inference.errors import FormIgnoredError
from inference.models import ModelSpec
from inference.types import ChatRequest, Message, Reply, StructuredForm

FORMS: tuple[StructuredForm, ...] = ("schema", "json", "text")
"""In the order in which they are tried."""

RECORD = "structured.json"
"""The record's name in a run's folder."""

PARAMETERS = frozenset(
    ("response_format", "output_format", "output_config", "json_schema", "guided_json")
)
"""What a server names that knows no form of JSON, or not this one."""

PROSE_ENDS = 10
"""Answers in prose, and none in JSON, after which a model is asked no more in the form that the
recipe says: of three tries a row, those of four rows. Under `auto`, requests that are declined in
each form, after which a model is asked in words."""

_WORDS = "\n\nAnswer with one JSON object and nothing else. It must fit this JSON schema:\n"
_LARGEST_RECORD = 1_000_000


def in_form(request: ChatRequest, form: StructuredForm) -> ChatRequest:
    """The request in a form; one that wants no JSON is the same in all of them.

    Where the server is sent no schema, the last user turn says it in words.
    """
    if request.json_schema is None or form == "schema":
        return request
    turns = list(request.messages)
    place = next((n for n in reversed(range(len(turns))) if turns[n].role == "user"), None)
    if place is not None:
        words = f"{turns[place].content}{_WORDS}{request.json_schema}"
        turns[place] = Message("user", words)
    return replace(request, messages=tuple(turns), structured=form)


def is_prose(reply: Reply) -> bool:
    """Whether a whole answer has no JSON object in it, so that its server kept to no form."""
    if reply.refusal is not None or reply.finish != "stop" or not reply.text.strip():
        return False
    start, end = reply.text.find("{"), reply.text.rfind("}")
    if not 0 <= start < end:
        return True
    try:
        found: Any = read_json(reply.text[start : end + 1])
    except ValueError:
        return True
    return not isinstance(found, dict)


class FormRecord:
    """Which form each model of a run is asked in, where the recipe leaves it open.

    The file is read when a form is first wanted; of processes that find forms at the same time, the
    first one's stands. Without a folder all is kept in memory.

    Attributes:
        declines: Tells a refusal in words, which says nothing of the form that a server keeps to.
    """

    def __init__(
        self, folder: Path | None = None, declines: Callable[[str], bool] = lambda text: False
    ) -> None:
        """Reads nothing yet."""
        self.declines = declines
        self._path = None if folder is None else folder / RECORD
        self._found: dict[str, StructuredForm] = {}

    def get(self, model: str) -> StructuredForm | None:
        """The form of a model; None where none has been found."""
        if model not in self._found and self._path is not None:
            self._found |= _read(self._path)
        return self._found.get(model)

    def put(self, model: str, form: StructuredForm) -> StructuredForm:
        """Keeps the form that was found for a model, and gives the one that stands."""
        if self._path is None:
            return self._found.setdefault(model, form)
        make_folders(self._path.parent)
        lock = os.open(
            self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._found |= _read(self._path)
            stands = self._found.setdefault(model, form)
            with replacing(self._path) as file:
                file.write(json.dumps(self._found, indent=2, sort_keys=True).encode())
        finally:
            os.close(lock)
        return stands


def _read(path: Path) -> Mapping[str, StructuredForm]:
    """What a record holds; nothing where it is missing or broken, so that it is found anew."""
    try:
        said = read_json(read_regular(path, _LARGEST_RECORD))
    except (OSError, ValueError):
        return {}
    known = said.items() if isinstance(said, dict) else ()
    return {model: form for model, form in known if form in FORMS}


class Forms:
    """The form in which one model is asked; while it is being found, one request at a time is."""

    def __init__(self, spec: ModelSpec, record: FormRecord) -> None:
        """Knows what the recipe says; a record is looked at with the first request."""
        self._spec = spec
        self._record = record
        self._finding = asyncio.Lock()
        self.known: StructuredForm | None = None if spec.structured == "auto" else spec.structured
        # A server is held to what the recipe says; one that is asked in words was promised nothing.
        self._is_held = spec.structured in ("schema", "json")
        self._prose: set[str] = set()
        self._declined = 0

    def look_up(self) -> StructuredForm | None:
        """The form, where the recipe says it or it has been found."""
        if self.known is None:
            self.known = self._record.get(self._spec.name)
        return self.known

    @property
    def finding(self) -> asyncio.Lock:
        """Held by whoever tries forms."""
        return self._finding

    def ignored(self, reply: Reply) -> FormIgnoredError | None:
        """Looks at a reply to a request for JSON; the error that ends its model, if it does.

        Where the first replies are all prose, all later ones would be bought to be thrown away. One
        object of JSON shows that the server can, and no more is looked at. A model that declines in
        words says nothing of it.
        """
        if not self._is_held:
            return None
        if reply.refusal is not None or reply.finish != "stop" or not reply.text.strip():
            return None  # it says nothing of the form
        if not is_prose(reply):
            self._is_held = False
            return None
        if self.declined(reply):
            return None
        self._prose.add(reply.key)
        if len(self._prose) < PROSE_ENDS:
            return None
        name, form = self._spec.name, self._spec.structured
        rule = (
            f"model `{name}` must answer in JSON, as `structured: {form}` asks for, and its first "
            f"{PROSE_ENDS} replies held no JSON object; give `models.{name}` `structured: auto`, "
            "or `text`"
        )
        return FormIgnoredError(rule)

    def declined(self, reply: Reply) -> bool:
        """Whether a reply is no JSON, as its model declined in words."""
        return is_prose(reply) and self._record.declines(reply.text)

    def waits(self) -> bool:
        """Counts a request that was declined in each form; whether the next one may find it."""
        self._declined += 1
        return self._declined < PROSE_ENDS

    def found(self, form: StructuredForm) -> StructuredForm:
        """A form holds; the one that stands in the record."""
        self.known = self._record.put(self._spec.name, form)
        return self.known
