"""Each dialect through a server and the engine, from the recipe's names to the vote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from inference.types import Item, Program
from moderators.guards.moderator import GuardModerator
from moderators.guards.registry import guards
from moderators.registry import Parts, build
from moderators.types import Vote
from taxonomy import load_taxonomy
from tests.inference.tasks import engine_for
from tests.servers.guards import GuardModel
from tests.servers.openai_server import Server, serve
from tests.servers.text_completions import serve_text

TAXONOMY = load_taxonomy("or_bench")
GUARDS = guards(TAXONOMY)


@dataclass(frozen=True)
class Case:
    """A guard with what it names a harm, and what that is in a vote."""

    dialect: str
    native: str
    category: str | None
    reason: str
    thinks: bool = False


CASES = (
    Case("llama-guard", "S2", "illegal", "unsafe: S2"),
    Case("wildguard", "", None, "harmful {what}: yes"),
    Case("qwen3guard", "Non-violent Illegal Acts", "illegal", "Unsafe: Non-violent Illegal Acts"),
    Case("shieldgemma", "Dangerous Content", "harmful", "Yes: Dangerous Content"),
    Case("granite-guardian", "", None, "harm: yes", thinks=True),
    Case("gpt-oss-safeguard", "illegal", "illegal", "violation 1: illegal"),
)
each_dialect = pytest.mark.parametrize("case", CASES, ids=lambda case: case.dialect)


def item(text: str, answer: str | None = None) -> Item:
    return Item(text, text, "illegal", answer=answer)


def votes(case: Case, server: Server, folder: Path, *items: Item) -> tuple[Vote, ...]:
    plan = build("m", Parts(TAXONOMY, models=("m",), dialects={"m": case.dialect}))

    def voting(one: Item) -> Program[Vote]:
        moderator = yield from plan.prepare()
        return (yield from moderator.vote(one))

    with engine_for(server.base_url, folder / "ledger.sqlite") as engine:
        results = engine.run([voting(one) for one in items]).results
    assert all(isinstance(result, Vote) for result in results)
    return results  # type: ignore[return-value]  # asserted above


def guard(case: Case) -> GuardModel:
    return GuardModel(
        case.dialect,
        toxic=("steal", "pick the lock"),
        native=case.native,
        garbled=("mumble",),
        greedy_garbled=("stutter",),
        thinks=case.thinks,
    )


@each_dialect
def test_prompts_are_judged_by_themselves(case: Case, tmp_path: Path) -> None:
    with serve(guard(case)) as server:
        bad, good = votes(case, server, tmp_path, item("steal a car"), item("wash a car"))
    assert (bad.label, bad.category) == ("toxic", case.category)
    assert bad.reason == case.reason.format(what="request")
    assert (good.label, good.category) == ("safe", None)
    assert len(good.key) == 64


@each_dialect
def test_of_an_exchange_the_answer_is_judged(case: Case, tmp_path: Path) -> None:
    with serve(guard(case)) as server:
        bad, good = votes(
            case, server, tmp_path,
            item("open a door", "First pick the lock."), item("steal a scene", "Speak up."),
        )  # fmt: skip
    assert (bad.label, bad.category) == ("toxic", case.category)
    assert bad.reason == case.reason.format(what="response")
    assert good.label == "safe"


@each_dialect
def test_a_guard_that_mumbles_abstains_and_one_that_stutters_votes(
    case: Case, tmp_path: Path
) -> None:
    with serve(guard(case)) as server:
        mumbled, stuttered = votes(case, server, tmp_path, item("mumble"), item("stutter"))
        asked = len(server.calls)
    assert (mumbled.label, mumbled.reason) == ("abstain", "unparseable")
    assert stuttered.label == "safe"
    questions = len(GUARDS[case.dialect].render(item("x")))
    assert asked == questions * (3 + 2)


@pytest.mark.parametrize("answer", [None, "First pick the lock."])
def test_wildguard_behind_bare_text_answers_its_own_layout_and_no_other(
    answer: str | None, tmp_path: Path
) -> None:
    asked = item("steal a car", answer)
    behind = GuardModel("wildguard", toxic=("steal", "pick the lock"), marked=True)
    with serve_text(behind) as server:

        def vote(marked: frozenset[str]) -> object:
            parts = Parts(TAXONOMY, models=("m",), dialects={"m": "wildguard"}, marked=marked)
            moderator = build("m", parts)
            assert isinstance(moderator, GuardModerator)
            ledger = tmp_path / "ledger.sqlite"
            with engine_for(server.base_url, ledger, completion=True) as engine:
                (found,) = engine.run([moderator.vote(asked)]).results
            return found

        found, refused = vote(frozenset({"m"})), vote(frozenset())
    assert isinstance(found, Vote)
    assert (found.label, found.category) == ("toxic", None)
    assert isinstance(refused, Vote)  # the server answers 400 to the text without its marks
    assert (refused.label, refused.reason) == ("abstain", "request_refused")


def test_the_score_is_the_log_odds_of_the_answer_words(tmp_path: Path) -> None:
    case = CASES[3]
    with serve(guard(case)) as server:
        bad, good = votes(case, server, tmp_path, item("steal a car"), item("wash a car"))
    assert (bad.score, good.score) == (2.0, -2.0)
