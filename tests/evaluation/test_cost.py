"""Adding one model or one judge costs only itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evaluation.evaluations import run, write_prompts, write_recipe
from tests.servers.behaviours import Router
from tests.servers.judges import RefusalJudge
from tests.servers.openai_server import Server, serve
from tests.servers.refusers import Refusers

TEN = [f"model-{n}" for n in range(10)]
ELEVEN = [*TEN, "model-10"]
SETTINGS = {"cold": {"max_tokens": 64}, "warm": {"temperature": 0.7, "max_tokens": 64}}
ROWS = 6


def _asked(server: Server, since: int) -> Counter[str]:
    return Counter(call.body["model"] for call in server.calls[since:])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    refusers = Refusers({name: {"": 0.4} for name in ELEVEN})
    router = Router({**dict.fromkeys(ELEVEN, refusers), "judge": RefusalJudge()})
    with serve(router) as running:
        yield running


@pytest.mark.slow
def test_one_more_model_asks_that_one_alone_and_another_judge_asks_no_target(
    server: Server, tmp_path: Path
) -> None:
    write_prompts(tmp_path / "safe.csv", ROWS)
    given = {"data": {"safe": {"from": "safe.csv"}}, "settings": SETTINGS}
    ten = write_recipe(tmp_path, server.base_url, TEN, **given)
    first = run(ten, tmp_path / "out")
    assert _asked(server, 0) == dict.fromkeys(TEN, 2 * ROWS)

    sent = len(server.calls)
    again = run(ten, tmp_path / "out")
    assert (again.fresh, again.found) == (0, first.found)
    assert len(server.calls) == sent

    eleven = write_recipe(tmp_path, server.base_url, ELEVEN, **given)
    more = run(eleven, tmp_path / "out")
    assert _asked(server, sent) == {"model-10": 2 * ROWS}
    assert more.fresh == 4  # its answers and its verdicts, in two settings
    assert [each.name for each in more.found.targets] == ELEVEN

    sent = len(server.calls)
    judges = ["keyword", "judge"]
    judged = write_recipe(
        tmp_path, server.base_url, ELEVEN, **given, judges=judges, models=["judge"]
    )
    found = run(judged, tmp_path / "out").found
    assert set(_asked(server, sent)) == {"judge"}
    assert [each.name for each in found.judges] == judges
    assert {each.rate for each in found.rates if each.judge == "judge"} == {0.0}

    sent = len(server.calls)
    alone = write_recipe(
        tmp_path, server.base_url, ELEVEN, **given, judges=["judge"], models=["judge"]
    )
    assert run(alone, tmp_path / "out").fresh == 0
    assert len(server.calls) == sent


def test_one_more_data_set_asks_about_its_prompts_alone(server: Server, tmp_path: Path) -> None:
    write_prompts(tmp_path / "safe.csv", ROWS)
    write_prompts(tmp_path / "toxic.csv", 3, word="other prompt")
    one = {"safe": {"from": "safe.csv"}}
    run(write_recipe(tmp_path, server.base_url, TEN[:2], one), tmp_path / "out")
    sent = len(server.calls)
    two = {**one, "toxic": {"from": "toxic.csv"}}
    found = run(write_recipe(tmp_path, server.base_url, TEN[:2], two), tmp_path / "out").found
    assert _asked(server, sent) == dict.fromkeys(TEN[:2], 3)
    assert [each.measure for each in found.data] == ["over_refusal", "rejection"]
