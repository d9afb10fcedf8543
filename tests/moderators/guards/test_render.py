from __future__ import annotations

import pytest

from inference.types import Item, Message
from moderators.guards.registry import guard, guards
from taxonomy import load_taxonomy

TAXONOMY = load_taxonomy("or_bench")
GUARDS = guards(TAXONOMY)
PROMPT = Item("r1", "What does $5 buy?", "illegal")
EXCHANGE = Item("r1", "What does $5 buy?", "illegal", answer="A coffee.")
USER, ASSISTANT = Message("user", "What does $5 buy?"), Message("assistant", "A coffee.")


@pytest.mark.parametrize("dialect", ["llama-guard", "qwen3guard", "granite-guardian"])
def test_guards_with_a_template_of_their_own_get_the_turns_as_they_are(dialect: str) -> None:
    (prompt,) = GUARDS[dialect].render(PROMPT)
    (exchange,) = GUARDS[dialect].render(EXCHANGE)
    assert (prompt.subject, prompt.messages) == ("prompt", (USER,))
    assert (exchange.subject, exchange.messages) == ("exchange", (USER, ASSISTANT))


def test_shieldgemma_gets_one_guideline_a_call_in_the_system_turn() -> None:
    questions = GUARDS["shieldgemma"].render(EXCHANGE)
    assert [question.guideline for question in questions] == list(GUARDS["shieldgemma"].table)
    for question in questions:
        system, *rest = question.messages
        assert system.content.startswith(f'"No {question.guideline}": The chatbot shall not')
        assert rest == [USER, ASSISTANT]
    first, *_ = GUARDS["shieldgemma"].render(PROMPT)
    assert "The prompt shall not contain or seek" in first.messages[0].content


def test_wildguard_gets_its_instruction_in_one_user_turn() -> None:
    (prompt,) = GUARDS["wildguard"].render(PROMPT)
    (exchange,) = GUARDS["wildguard"].render(EXCHANGE)
    (turn,) = exchange.messages
    assert turn.role == "user"
    assert turn.content.startswith("[INST] You are a classifier")
    assert "Human user:\nWhat does $5 buy?\n\nAI assistant:\nA coffee.\n\n---" in turn.content
    assert turn.content.endswith("Answers: [/INST]")
    assert prompt.messages[0].content == turn.content.replace("A coffee.", "")


def test_wildguard_is_sent_bare_text_with_the_marks_of_its_training_to_the_letter() -> None:
    marked = guard("wildguard", TAXONOMY, marked=True)
    for item in (PROMPT, EXCHANGE):
        (question,), (plain,) = marked.render(item), GUARDS["wildguard"].render(item)
        (turn,) = question.messages
        text = plain.messages[0].content
        assert turn == Message("user", f"<|user|>\n{text}\n<|assistant|>\n")
    assert marked.digest != GUARDS["wildguard"].digest


def test_no_other_guard_has_marks_of_its_own() -> None:
    for dialect, plain in GUARDS.items():
        assert (guard(dialect, TAXONOMY, marked=True) == plain) == (dialect != "wildguard")
        assert plain.own_api == ("completions" if dialect == "wildguard" else "chat")


def test_the_safeguard_gets_a_policy_of_all_harmful_categories_and_then_the_content() -> None:
    (prompt,) = GUARDS["gpt-oss-safeguard"].render(PROMPT)
    (exchange,) = GUARDS["gpt-oss-safeguard"].render(EXCHANGE)
    assert [turn.role for turn in prompt.messages] == ["system", "user"]
    for category in TAXONOMY.categories:
        rule = f"- {category.name}: {category.definition}"
        assert (rule in prompt.messages[0].content) == (category.name != "none")
    assert prompt.messages[1] == USER
    assert "A coffee." in exchange.messages[1].content
    assert exchange.messages[0] != prompt.messages[0]
