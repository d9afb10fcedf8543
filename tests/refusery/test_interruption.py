"""Ctrl-C and SIGTERM: every verb ends in order, keeps what was answered, and says how to go on."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from refusery.interruption import STOPPED
from tests.loopback import models, write_recipe
from tests.refusery.signalled import Ended, ended, started, until
from tests.servers.behaviours import Router
from tests.servers.counting import Call
from tests.servers.faults import Fault, hangs
from tests.servers.judges import RefusalJudge
from tests.servers.openai_server import Server, serve
from tests.servers.schedules import Schedule

_LINE = f"refusery: {STOPPED}"
_SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


def _after(calls: int) -> Schedule:
    """So many calls are answered; the others hang."""

    def schedule(call: Call) -> Fault | None:
        return hangs() if call.order >= calls else None

    return schedule


def _is_in_order(done: Ended, status: int) -> None:
    assert done.status == status, done.err
    assert done.line == _LINE
    assert "Traceback" not in done.err
    assert done.orphans() == []


_ANSWERS = "prompt,answer,model\n" + "".join(
    f"Name river {number}.,I cannot help with that {number}.,m\n" for number in range(12)
)
_JUDGE = """\
benchmark: evaluation
models:
  judge: {{provider: openai, base_url: "{url}", model: judge-1, price: free}}
evaluate: {{data: {{rivers: {{from: answers.csv}}}}, targets: [judge], judges: [judge]}}
"""


@pytest.mark.parametrize(("number", "status"), _SIGNALS)
def test_a_table_verb_keeps_what_it_has_and_says_how_to_go_on(
    tmp_path: Path, number: int, status: int
) -> None:
    (tmp_path / "answers.csv").write_text(_ANSWERS)
    behaviour = Router({"judge-1": RefusalJudge()})
    with serve(behaviour, faults=_after(5)) as server:
        (tmp_path / "judge.yaml").write_text(_recipe(server))
        verb = ("judge", "answers.csv", "--recipe", "judge.yaml", "--judge", "judge")
        with started(*verb, "--out", "judged.csv", cwd=tmp_path) as child:
            until(lambda: len(server.calls) == 12, child)
            done = ended(child, number, group=True)
    _is_in_order(done, status)
    print(f"ended {done.seconds:.1f} s after the signal")  # noqa: T201
    assert not (tmp_path / "judged.csv").exists()
    kept = (tmp_path / "judged.partial.csv").read_text().splitlines()
    assert len(kept) == 1 + 5
    assert "so far: 5 of 12 rows, in judged.partial.csv" in done.err


def _recipe(server: Server) -> str:
    return _JUDGE.format(url=server.base_url)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), _SIGNALS)
@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize("answered", [0, 37, 200])
def test_a_build_ends_in_order_and_the_next_one_asks_nothing_again(
    tmp_path: Path, number: int, status: int, group: bool, answered: int
) -> None:
    with serve(models(), faults=_after(answered)) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        with started("build", recipe, cwd=tmp_path) as child:
            until(lambda: len(server.calls) > answered + 3, child)
            done = ended(child, number, group=group)
        _is_in_order(done, status)
        print(f"ended {done.seconds:.1f} s after the signal")  # noqa: T201
        assert len(done.children) >= 1  # Prefect's server
