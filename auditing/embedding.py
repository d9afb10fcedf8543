"""Runs the audit's programs, which ask an encoder and nobody else."""

from typing import Any, Protocol, TypeVar

from auditing.data import AuditInputError
from inference.encoders import Embeds
from inference.engine import Engine
from inference.types import Call, EmbedRequest, Failed, Program, Reply

ResultT = TypeVar("ResultT")


class Drive(Protocol):
    """Runs a program to its end and gives what it returns."""

    def __call__(self, program: Program[ResultT]) -> ResultT:
        """What the program returns."""
        ...


def by_engine(engine: Engine) -> Drive:
    """Runs programs with the engine of a build, whose encoders are open already."""

    def drive(program: Program[ResultT]) -> ResultT:
        result = engine.run([program]).results[0]
        if isinstance(result, Failed):
            raise RuntimeError("an embedding cannot fail for want of a reply")
        return result

    return drive


def by_encoder(encoder: Embeds) -> Drive:
    """Runs programs with one encoder alone: no ledger is opened, no model can be asked."""

    def drive(program: Program[ResultT]) -> ResultT:
        answer: Any = None
        while True:
            try:
                asked = program.send(answer)
            except StopIteration as stop:
                value: ResultT = stop.value
                return value
            answer = _answered(encoder, asked)

    return drive


def _answered(encoder: Embeds, asked: object) -> object:
    request = asked.task.request(asked.item, 0) if isinstance(asked, Call) else None
    if not isinstance(asked, Call) or not isinstance(request, EmbedRequest):
        raise AuditInputError("an audit must ask nothing but an encoder", type(asked).__name__)
    texts = request.texts
    vectors = encoder.embed_set(texts) if request.together else encoder.embed(texts, request.alone)
    return asked.task.parse(asked.item, Reply(vectors=vectors))
