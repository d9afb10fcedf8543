from __future__ import annotations

from pathlib import Path

import pytest

from inference.types import Reply
from moderators.guards.moderator import GuardJudge, GuardModerator
from moderators.guards.registry import guards
from moderators.refusal.types import RefusalJudge
from taxonomy import load_taxonomy
from tests.inference.tasks import engine_for
from tests.moderators.chats import Replies, exchange, run, silent
from tests.servers.guards import GuardModel
from tests.servers.openai_server import serve

TAXONOMY = load_taxonomy("or_bench")
GUARDS = guards(TAXONOMY)
TELLING = sorted(name for name, guard in GUARDS.items() if guard.tells_refusals)


@pytest.mark.parametrize("dialect", TELLING)
def test_a_guard_that_tells_refusals_judges_and_moderates_by_one_call(
    dialect: str, tmp_path: Path
) -> None:
    judge: RefusalJudge = GuardJudge("m", GUARDS[dialect])
    moderator = GuardModerator("m", GUARDS[dialect], TAXONOMY.names)
    items = [exchange("open a door", "Sorry, no."), exchange("open a door", "Turn the knob.")]
    with (
        serve(GuardModel(dialect)) as server,
        engine_for(server.base_url, tmp_path / "ledger.sqlite") as engine,
    ):
        refused, answered = engine.run([judge.judge(item) for item in items]).results
        votes = engine.run([moderator.vote(item) for item in items]).results
        assert len(server.calls) == 2
    assert (refused.label, refused.refused, refused.judge) == ("direct_refusal", True, "m")
    assert (answered.label, answered.refused) == ("direct_answer", False)
    assert [vote.label for vote in votes] == ["safe", "safe"]
    assert [vote.key for vote in votes] == [refused.key, answered.key]


def test_a_guard_that_says_nothing_of_refusal_is_unparseable() -> None:
    judge = GuardJudge("m", GUARDS["qwen3guard"])
    judgment = run(judge.judge(exchange("a", "b")), Replies([Reply("Safety: Safe")]))
    assert (judgment.label, judgment.refused) == ("unparseable", None)
    assert judgment.reason == "no_refusal_line"


def test_answers_that_stay_unusable_are_unparseable() -> None:
    judge = GuardJudge("m", GUARDS["wildguard"])
    judgment = run(judge.judge(exchange("a", "b")), Replies([Reply("Hm.")] * 3))
    assert (judgment.label, judgment.reason) == ("unparseable", "unparseable")


def test_a_very_long_answer_is_unparseable_and_nobody_is_asked() -> None:
    judgment = silent(GuardJudge("m", GUARDS["wildguard"]).judge(exchange("a", "b " * 30_000)))
    assert (judgment.label, judgment.reason) == ("unparseable", "too_long")
