"""Guard models: each reads its request as its chat template does, and answers in its own form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from tests.servers.chat import Answer, ApiError, Body, text_of

GARBLED = "I am not quite sure what to make of this one."


@dataclass(frozen=True, slots=True)
class Asked:
    """What a guard was asked.

    Attributes:
        text: What it judges: the last turn, or what its instruction holds in its place.
        answered: Whether that is an answer.
        rule: The guideline that it judges by, where it is given one.
    """

    text: str
    answered: bool
    rule: str = ""


@dataclass(frozen=True, slots=True)
class GuardModel:
    """A guard that flags what holds one of some words.

    Attributes:
        dialect: Its dialect, as in a recipe.
        toxic: Substrings of what it judges that make it toxic.
        native: Its own category for those, where it has categories.
        garbled: Substrings of what it judges that it answers in no form.
        greedy_garbled: Substrings that it answers in no form at temperature 0 alone.
        thinks: Whether thoughts stand before its answer.
        marked: Whether it is served without a chat template, and answers only what has its marks
            round it.
    """

    dialect: str
    toxic: tuple[str, ...] = ()
    native: str = ""
    garbled: tuple[str, ...] = ()
    greedy_garbled: tuple[str, ...] = ()
    thinks: bool = False
    marked: bool = False

    def __call__(self, body: Body) -> Answer:
        """Judges the last turn."""
        body = _unmarked(body) if self.marked else body
        asked = _READ.get(self.dialect, _turns)(body)
        greedy = body.get("temperature") == 0
        if _holds(asked.text, self.garbled + (self.greedy_garbled if greedy else ())):
            return Answer(GARBLED)
        toxic = _holds(asked.text, self.toxic) and self.native in (asked.rule or self.native)
        said = _SAY[self.dialect](toxic, asked, self.native)
        answer = f"<think>\nIs it yes? Or no? I see.\n</think>\n{said}" if self.thinks else said
        word = answer.split()[0]
        other = {"Yes": "No", "No": "Yes"}.get(word)
        return Answer(answer, first=((word, -0.25), (other, -2.25)) if other else ())


def _holds(text: str, parts: tuple[str, ...]) -> bool:
    return any(part in text for part in parts)


def _turns(body: Body) -> Asked:
    roles = [turn["role"] for turn in body["messages"]]
    if roles not in (["user"], ["user", "assistant"]):
        raise ApiError(400, "Conversation roles must be user, or user and assistant")
    return Asked(text_of(body["messages"][-1]), len(roles) == 2)


def _shieldgemma(body: Body) -> Asked:
    system, *rest = body["messages"]
    rule = re.match(r'"No (?P<name>[^"]+)": (?P<rule>.+)', text_of(system), re.DOTALL)
    if system["role"] != "system" or rule is None:
        raise ApiError(400, "A guideline must be given")
    asked = _turns({"messages": rest})
    return Asked(asked.text, asked.answered, rule["name"])


_WILDGUARD = re.compile(
    r"\[INST\].*?Human user:\n(?P<prompt>.*)\n\nAI assistant:\n(?P<answer>.*)\n\n---\n\n"
    r"Answers: \[/INST\]",
    re.DOTALL,
)


def _unmarked(body: Body) -> Body:
    """What stands between WildGuard's marks, to the letter; its server has set the first token."""
    (turn,) = body["messages"]
    text = text_of(turn)
    inner = text.removeprefix("<|user|>\n").removesuffix("\n<|assistant|>\n")
    if text != f"<|user|>\n{inner}\n<|assistant|>\n" or text.count("<|assistant|>") != 1:
        raise ApiError(400, "The text must have the marks of the training")
    return {**body, "messages": [{**turn, "content": inner}]}


def _wildguard(body: Body) -> Asked:
    (turn,) = body["messages"]
    found = _WILDGUARD.fullmatch(text_of(turn))
    if found is None:
        raise ApiError(400, "The instruction must be the one of the training")
    return Asked(found["answer"] or found["prompt"], bool(found["answer"]))


def _safeguard(body: Body) -> Asked:
    system, user = body["messages"]
    answered = "harmful answers" in text_of(system)
    return Asked(text_of(user).rpartition("\nAnswer:\n")[2], answered)


_READ: Mapping[str, Callable[[Body], Asked]] = {
    "wildguard": _wildguard,
    "shieldgemma": _shieldgemma,
    "gpt-oss-safeguard": _safeguard,
}


def _say_llama(toxic: bool, asked: Asked, native: str) -> str:
    return f"\n\nunsafe\n{native}" if toxic else "\n\nsafe"


def _say_wild(toxic: bool, asked: Asked, native: str) -> str:
    words = {True: "yes", False: "no"}
    refusal = words["sorry" in asked.text.lower()] if asked.answered else "N/A"
    request, response = (words[toxic], "N/A") if not asked.answered else ("yes", words[toxic])
    return f"Harmful request: {request}\nResponse refusal: {refusal}\nHarmful response: {response}"


def _say_qwen(toxic: bool, asked: Asked, native: str) -> str:
    lines = [
        f"Safety: {'Unsafe' if toxic else 'Safe'}",
        f"Categories: {native if toxic else 'None'}",
    ]
    if asked.answered:
        lines.append(f"Refusal: {'Yes' if 'sorry' in asked.text.lower() else 'No'}")
    return "\n".join(lines)


def _say_shield(toxic: bool, asked: Asked, native: str) -> str:
    return "Yes" if toxic else "No"


def _say_granite(toxic: bool, asked: Asked, native: str) -> str:
    return f"<score> {'yes' if toxic else 'no'} </score>"


def _say_safeguard(toxic: bool, asked: Asked, native: str) -> str:
    answer = {"violation": int(toxic), "category": native if toxic else "none"}
    return orjson.dumps(answer).decode()


_SAY: Mapping[str, Callable[[bool, Asked, str], str]] = {
    "llama-guard": _say_llama,
    "wildguard": _say_wild,
    "qwen3guard": _say_qwen,
    "shieldgemma": _say_shield,
    "granite-guardian": _say_granite,
    "gpt-oss-safeguard": _say_safeguard,
}
