"""Refusals that servers signal beside the model's words: each is data, kept with its source."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.providers.blocks import finish_of, input_block
from inference.types import ChatRequest, Failed, Message, Refusal, Reply
from tests.inference.tasks import Question, asking, engine_for
from tests.servers import faults
from tests.servers.behaviours import echo
from tests.servers.openai_server import serve
from tests.servers.schedules import always

_IN, _OUT = "provider_input_block", "provider_output_block"
_SIGNALS = {
    "azure prompt": (
        faults.azure_input_block(),
        Refusal(_IN, "error.code", "content_filter ResponsibleAIPolicyViolation violence:medium"),
    ),
    "azure answer": (faults.azure_output_block(), Refusal(_OUT, "finish_reason", "content_filter")),
    "gemini prompt": (
        faults.gemini_input_block(),
        Refusal(_IN, "prompt_feedback.block_reason", "PROHIBITED_CONTENT"),
    ),
    "gemini prompt, no choices": (
        faults.gemini_without_choices(),
        Refusal(_IN, "prompt_feedback.block_reason", "SAFETY"),
    ),
    "gemini status": (
        faults.gemini_refusing("PROHIBITED_CONTENT"),
        Refusal(_IN, "error.status", "PROHIBITED_CONTENT"),
    ),
    "gemini message": (
        faults.gemini_refusing("INVALID_ARGUMENT", "Prompt was blocked: SAFETY"),
        Refusal(_IN, "error.message", "SAFETY"),
    ),
    "gemini answer": (
        faults.gemini_output_block("SAFETY"),
        Refusal(_OUT, "finish_reason", "SAFETY"),
    ),
    "gemini answer, both words": (
        faults.gemini_output_block("content_filter: PROHIBITED_CONTENT"),
        Refusal(_OUT, "finish_reason", "content_filter: PROHIBITED_CONTENT"),
    ),
    "mistral": (faults.mistral_guardrail(), Refusal(_IN, "error", "guardrail_violation 3900")),
    "router": (
        faults.router_moderation("the whole prompt"),
        Refusal(_IN, "error.metadata.reasons", "violence"),
    ),
    "openai prompt": (
        faults.openai_invalid_prompt(),
        Refusal(_IN, "error.code", "invalid_prompt"),
    ),
    "openai model": (faults.refusal("No."), Refusal("model_refusal", "message.refusal", "No.")),
    "openai part": (
        faults.parts({"type": "refusal", "refusal": "No."}),
        Refusal("model_refusal", "message.refusal", "No."),
    ),
}


class Signal(Question):
    """Gives the refusal signal."""

    def parse(self, item: object, reply: Reply) -> object:  # type: ignore[override]
        return reply.refusal


@pytest.mark.parametrize(("fault", "refusal"), _SIGNALS.values(), ids=_SIGNALS.keys())
def test_a_block_is_an_answer_that_is_kept_and_never_asked_for_again(
    tmp_path: Path, fault: faults.Fault, refusal: Refusal
) -> None:
    for sent in (1, 0):  # from the server, then from the ledger
        with (
            serve(echo, faults=always(fault)) as server,
            engine_for(server.base_url, tmp_path / "ledger") as engine,
        ):
            assert engine.run([asking("q", Signal())]).results == (refusal,)
            assert len(server.calls) == sent
            assert engine.troubles() == {}


def test_a_filter_that_did_not_run_is_no_refusal(tmp_path: Path) -> None:
    with (
        serve(echo, faults=always(faults.azure_filter_failed())) as server,
        engine_for(server.base_url, tmp_path / "ledger") as engine,
    ):
        assert engine.run([asking("q", Signal())]).results == (None,)


def test_a_block_without_a_reason_is_no_completion(tmp_path: Path) -> None:
    with (
        serve(echo, faults=always(faults.gemini_input_block(""))) as server,
        engine_for(server.base_url, tmp_path / "ledger", attempts=1) as engine,
    ):
        assert engine.run([asking("q", Signal())]).results == (Failed("no_completion"),)


@pytest.mark.parametrize("reason", ["safety", "Safety", "BLOCKLIST", "spii", "image_safety"])
def test_a_filters_reason_counts_in_any_letter_case(reason: str) -> None:
    assert finish_of(reason) == ("content_filter", Refusal(_OUT, "finish_reason", reason))


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("STOP", "stop"),
        ("eos", "stop"),
        ("MAX_TOKENS", "length"),
        ("model_length", "length"),
        ("function_call", "tool_calls"),
        ("RECITATION", "other"),
        ("content_filter: RECITATION", "other"),
        (None, "other"),
    ],
)
def test_other_reasons_are_no_refusals(reason: str | None, finish: str) -> None:
    assert finish_of(reason) == (finish, None)


_ASKED = ChatRequest("m", (Message("user", "why is the SAFETY guardrail blocked by rust"),))


@pytest.mark.parametrize(
    ("status", "field"),
    [
        (400, {"message": "cannot read 'why is the SAFETY guardrail blocked by rust'"}),
        (400, {"message": "Unsupported value: 'temperature'", "code": "unsupported_value"}),
        (400, {"message": "Invalid prompt: expected a string", "code": "invalid_prompt"}),
        (403, {"message": "Forbidden", "metadata": {"reasons": ["region"]}}),
        (500, {"code": "content_filter"}),
        (400, {"innererror": "text", "metadata": None, "code": 7, "message": None}),
    ],
)
def test_a_failure_that_only_sounds_like_a_block_is_a_failure(
    status: int, field: dict[str, object]
) -> None:
    assert input_block(status, field, _ASKED) is None
