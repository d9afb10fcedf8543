"""Replies that a ledger holds already, without anything being asked: what a run would not buy."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from inference.canonical import Identity, canonical, key_of
from inference.encoders import Encoder
from inference.errors import InferenceError
from inference.ledger.reader import StoredReplies
from inference.ledger_schema import readable
from inference.model_client import CallFailedError
from inference.models import ModelSpec
from inference.programs import ProgramRunner
from inference.providers.opening import identity_of
from inference.structured import FORMS, FormRecord, in_form, is_prose
from inference.thoughts import without_thoughts
from inference.types import ChatRequest, EmbedRequest, Failed, Program, Reply

ResultT = TypeVar("ResultT")


class HeldReplies:
    """Drives programs by what a ledger holds, and counts what it lacks.

    Args:
        where: The ledger's path or URL; it is read alone.
        models: Specifications by name in the recipe.
        encoders: Opens an encoder by its name in the recipe: its vectors on disk are read.
        forms: In which form models were asked for JSON.

    Attributes:
        held: Requests whose reply is there, by model; each once.
        missing: Those whose reply is not, by model; each once.
        is_open: Whether a program wanted a vector that is not on disk: what it would have asked
            after it is not counted.
    """

    def __init__(
        self,
        where: Path | str,
        models: Mapping[str, ModelSpec],
        encoders: Callable[[str], Encoder],
        forms: FormRecord | None = None,
    ) -> None:
        """Opens the ledger to read it."""
        self.held: Counter[str] = Counter()
        self.missing: Counter[str] = Counter()
        self.is_open = False
        self._models = models
        self._encoders = cache(encoders)
        self._forms = forms or FormRecord()
        self._identities: dict[str, Identity] = {}
        self._met: set[str] = set()
        self._stored = StoredReplies(where)

    async def outcome(self, program: Program[ResultT]) -> ResultT | Failed:
        """What a program comes to; `Failed` where a reply is not there."""
        return await ProgramRunner(self._reply).outcome(program)

    def __enter__(self) -> "HeldReplies":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stored.close()

    async def _reply(self, request: ChatRequest | EmbedRequest) -> Reply:
        if isinstance(request, EmbedRequest):
            return self._embedded(request)
        spec = self._models[request.model]
        identity = self._identity(spec)
        known = None if spec.structured == "auto" else spec.structured
        known = known or self._forms.get(spec.name)
        forms = (known,) if known else FORMS
        asked = [request] if request.json_schema is None else [in_form(request, f) for f in forms]
        last: Reply | None = None
        for each in asked:
            key = key_of(canonical(each, identity))
            reply = self._looked_up(each, key)
            self._count(request.model, key, reply)
            if reply is not None:
                last = without_thoughts(reply)
                if request.json_schema is None or not is_prose(last):
                    return last
            elif last is None:
                break
        if last is None:
            raise CallFailedError("not_held")
        return last

    def _embedded(self, request: EmbedRequest) -> Reply:
        with suppress(InferenceError):  # the encoder's files are not there
            vectors = self._encoders(request.encoder).held(request)
            if vectors is not None:
                return Reply(vectors=vectors)
        self.is_open = True
        raise CallFailedError("not_embedded")

    def _looked_up(self, request: ChatRequest, key: str) -> Reply | None:
        stored = self._stored.get(key)
        return None if stored is None else readable(stored, request, key)

    def _count(self, model: str, key: str, reply: Reply | None) -> None:
        if key not in self._met:
            self._met.add(key)
            (self.missing if reply is None else self.held)[model] += 1

    def _identity(self, spec: ModelSpec) -> Identity:
        if spec.name not in self._identities:
            self._identities[spec.name] = identity_of(spec)
        return self._identities[spec.name]
