"""One small question to a model, and what its server made of it: JSON, thoughts, tokens, price.

Asked by `refusery doctor --ask` and `--live`. It costs what the question costs, and goes past the
ledger: nothing of a run is answered by it.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inference.errors import InferenceError
from inference.models import ModelSpec
from inference.structured import FORMS, PARAMETERS, in_form, is_prose
from inference.thoughts import visible
from inference.types import ChatRequest, Message, Reply, StructuredForm
from pipelines.planning.values import Finding
from pipelines.recipe.schema import Recipe

MAX_TOKENS = 16
"""Longest answer to the short question; some servers refuse to be asked for fewer."""

QUESTION = "Say OK."

LIVE_TOKENS = 1000
"""Longest answer to the question in JSON where the model has no bound: a moderator's."""

LIVE_QUESTION = "Is the sky blue on a clear day? Answer in JSON with the key `answer`: yes or no."
_SCHEMA = (
    '{"type":"object","properties":{"answer":{"type":"string","enum":["yes","no"]}},'
    '"required":["answer"],"additionalProperties":false}'
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a question.

    Attributes:
        failed: Why there was no answer, or None where there was one.
        served_as: The model's name as the server gave it, where it gave one.
        usd: What the question cost, or None where nobody knows.
        reply: The reply to the question in JSON; None where only the short one was put.
        form: The form in which that question was answered.
        mends: The recipe's key that keeps a refused parameter out of requests; "" for none.
    """

    failed: str | None
    served_as: str = ""
    usd: float | None = 0.0
    reply: Reply | None = None
    form: StructuredForm = "schema"
    mends: str = ""


def ask_model(spec: ModelSpec) -> Asked:
    """Puts one question to a model in the way of a run: greedy, once, with a short answer."""
    question = (Message("user", QUESTION),)
    return _answered(spec, ChatRequest(spec.name, question, max_tokens=MAX_TOKENS))


def ask_live(spec: ModelSpec, max_tokens: int | None = None) -> Asked:
    """Puts a question that wants JSON, with the room that a moderator has.

    Args:
        spec: The model.
        max_tokens: The recipe's bound on its answers.
    """
    question = (Message("user", LIVE_QUESTION),)
    room = max_tokens or LIVE_TOKENS
    return _answered(
        spec, ChatRequest(spec.name, question, max_tokens=room, json_schema=_SCHEMA), is_live=True
    )


def asks_live(recipe: Recipe) -> Callable[[ModelSpec], Asked]:
    """`ask_live`, with the bounds that a recipe gives its models."""
    return lambda spec: ask_live(spec, recipe.models[spec.name].max_tokens)


def heard(subject: str, model: str, asked: Asked) -> Iterator[Finding]:
    """What is to be said of an answer, the worst first."""
    if asked.failed is not None:
        hint = f"; give it `{asked.mends}`" if asked.mends else ""
        yield Finding("problem", subject, f"{model} does not answer: {asked.failed}{hint}")
        return
    cost = "an unknown sum" if asked.usd is None else f"{asked.usd:.6f} US dollars"
    if asked.reply is None:
        yield Finding("ok", subject, f"{model} answers; the question cost {cost}")
        return
    reply = asked.reply
    if reply.finish == "length":
        says = f"its answer was cut at {reply.usage.output_tokens} tokens; give `max_tokens` room"
        yield Finding("warning", subject, f"{model}: {says}")
    elif is_prose(reply):
        says = "answers prose where JSON is asked for"
        hint = "" if asked.form == FORMS[-1] else "; give it `structured: auto`"
        yield Finding("problem", subject, f"{model} {says}{hint}")
    tokens = f"{reply.usage.input_tokens} + {reply.usage.output_tokens} tokens"
    says = f"{_json(asked)}, {_thoughts(reply)}, finish {reply.finish}, {tokens}"
    yield Finding("ok", subject, f"{model} answers: {says}; the question cost {cost}")


def _json(asked: Asked) -> str:
    if asked.reply is None or is_prose(asked.reply) or not asked.reply.text.strip():
        return "no JSON"
    return {"schema": "JSON by a schema", "json": "JSON without a schema", "text": "JSON in words"}[
        asked.form
    ]


def _thoughts(reply: Reply) -> str:
    if visible(reply.text) != reply.text.strip():
        return "thoughts within the text"
    count = reply.usage.reasoning_tokens
    return f"{count} tokens of thoughts" if count else "no thoughts counted"


def _answered(spec: ModelSpec, request: ChatRequest, *, is_live: bool = False) -> Asked:
    return asyncio.run(_ask(spec, request, is_live))


async def _ask(spec: ModelSpec, request: ChatRequest, is_live: bool) -> Asked:
    from inference.providers.base import PermanentError, TransientError
    from inference.providers.failures import mended_by
    from inference.providers.opening import provide

    forms = FORMS if spec.structured == "auto" else (spec.structured,)
    try:
        provider = provide(spec)
        try:
            for form in forms:
                try:
                    reply = await provider.call(in_form(request, form))
                except PermanentError as refused:
                    if form == forms[-1] or refused.parameter not in (*PARAMETERS, ""):
                        return Asked(str(refused), mends=mended_by(refused.parameter))
                    continue
                if form == forms[-1] or not is_live or not is_prose(reply):
                    break
        finally:
            await provider.close()
    except (InferenceError, TransientError, PermanentError) as error:
        return Asked(str(error))
    return Asked(None, reply.model, reply.price_usd, reply if is_live else None, form)
