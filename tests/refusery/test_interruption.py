"""Ctrl-C and SIGTERM: every verb ends in order, keeps what was answered, and says how to go on."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from refusery import interruption
from refusery.interruption import STOPPED, Interruption
from tests.loopback import models, process_of, write_recipe
from tests.refusery.cli.text_files import csv_file, recipe_file
from tests.refusery.signalled import GUARD_S, Ended, ended, started, until
from tests.servers.behaviours import Router, echo
from tests.servers.counting import Call
from tests.servers.faults import Fault, hangs
from tests.servers.judges import RefusalJudge
from tests.servers.openai_server import Server, serve
from tests.servers.schedules import Schedule, never

pytestmark = pytest.mark.timeout(1500)

_LINE = f"refusery: {STOPPED}"
_SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


def _after(calls: int) -> Schedule:
    """So many calls are answered; the others hang."""

    def schedule(call: Call) -> Fault | None:
        return hangs() if call.order >= calls else None

    return schedule


def _stored(folder: Path) -> int:
    """Replies that are in the ledger for good; 0 where there is none yet."""
    ledger = folder / "out" / "ledger.sqlite"
    if not ledger.is_file():
        return 0
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(ledger)) as opened:
        return int(opened.execute("SELECT count(*) FROM replies").fetchone()[0])
    return 0


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
            until(lambda: len(server.calls) == 12 and _stored(tmp_path) == 5, child)
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
@pytest.mark.parametrize(
    ("number", "group", "answered"),
    [
        (signal.SIGINT, True, 0),
        (signal.SIGINT, False, 200),
        (signal.SIGTERM, True, 200),
        (signal.SIGTERM, False, 37),
    ],
)
def test_a_build_ends_in_order_and_the_next_one_goes_on_from_there(
    tmp_path: Path, number: int, group: bool, answered: int
) -> None:
    with serve(models(), faults=_after(answered)) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        with started("build", recipe, cwd=tmp_path) as child:
            # An answer that is on its way at the signal is in flight, and may be bought again.
            until(lambda: len(server.calls) > answered + 3 and _stored(tmp_path) == answered, child)
            done = ended(child, number, group=group)
        _is_in_order(done, 128 + number)
        print(f"ended {done.seconds:.1f} s after the signal")  # noqa: T201
        assert len(done.children) >= 1  # Prefect's server
        kept = set(server.counts(200))
        assert len(kept) == answered
        server.faults = never
        again = process_of("build", recipe, "--quiet", cwd=tmp_path, seconds=GUARD_S)
        assert again.returncode == 0, again.stderr
        bought = server.counts(200)
    assert [bought[digest] for digest in kept] == [1] * answered


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_evaluation_ends_in_order(tmp_path: Path, number: int) -> None:
    (tmp_path / "answers.csv").write_text(_ANSWERS)
    with serve(Router({"judge-1": RefusalJudge()}), faults=_after(3)) as server:
        (tmp_path / "rivers.yaml").write_text(_recipe(server))
        with started("evaluate", "rivers.yaml", cwd=tmp_path) as child:
            until(lambda: len(server.calls) > 3, child)
            done = ended(child, number, group=True)
    _is_in_order(done, 128 + number)
    print(f"ended {done.seconds:.1f} s after the signal")  # noqa: T201


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_mutations_made_so_far_are_written_aside(tmp_path: Path, number: int) -> None:
    rows = [{"prompt": f"Name the longest river of country {n}."} for n in range(20)]
    table = csv_file(tmp_path / "rows.csv", rows)
    with serve(Router({"writer": echo}), faults=_after(7)) as server:
        recipe = recipe_file(tmp_path, server.base_url)
        given = ["--recipe", str(recipe), "--styles", "slang,caesar", "--out", "made.csv"]
        with started("mutate", table, *given, cwd=tmp_path) as child:
            until(lambda: len(server.calls) > 7, child)
            done = ended(child, number)
    _is_in_order(done, 128 + number)
    assert not (tmp_path / "made.csv").exists()
    said = [line for line in done.err.splitlines() if line.startswith("so far: ")]
    assert said[0].endswith("of 40 rows, in made.partial.csv")
    written = (tmp_path / "made.partial.csv").read_text()
    assert written.count(",caesar,") == 20  # what rules make is whole


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_signal_at_any_moment_ends_a_build_with_its_status(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    number = chance.choice([signal.SIGINT, signal.SIGTERM])
    with serve(models(), latency_s=0.05) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        with started("build", recipe, cwd=tmp_path) as child:
            time.sleep(chance.uniform(1.0, 30.0))
            if child.poll() is not None:
                return  # faster than the signal
            done = ended(child, number, group=chance.random() < 0.5)
    if done.status == 0:  # it was at its end
        assert done.orphans() == []
    else:
        _is_in_order(done, 128 + number)


def test_work_that_does_not_end_is_left_with_the_right_status() -> None:
    code = (
        "import os, signal, threading; from refusery import interruption as it; it.IN_ORDER_S = .3;"
        "threading.Timer(.2, os.kill, (os.getpid(), signal.SIGTERM)).start();"
        "it.interruption.run(lambda: threading.Event().wait())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (143, f"{_LINE}\n")


def test_a_second_signal_ends_at_once() -> None:
    code = (
        "import os, signal, threading; from refusery import interruption as it;"
        "it.IN_ORDER_S = 1e9;"
        "kill = lambda: os.kill(os.getpid(), signal.SIGINT);"
        "[threading.Timer(after, kill).start() for after in (.2, .3, 1.)];"
        "it.interruption.run(lambda: threading.Event().wait())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, f"{_LINE}\n")


def test_work_that_asks_no_engine_is_interrupted_where_it_stands() -> None:
    code = (
        "import os, polars, signal, threading, time; from refusery.interruption import *;"
        "threading.Timer(.2, os.kill, (os.getpid(), signal.SIGINT)).start();"
        "\ndef work():\n"
        "  try:\n    while True: time.sleep(.01)\n"
        "  finally: print('tidied')\n"
        "try: interruption.run(work)\n"
        "except KeyboardInterrupt: exit_with(interruption.status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (130, "tidied\n"), done.stderr


def test_a_shield_is_entered_before_an_interrupt_is_raised_or_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listening, inside = Interruption(), threading.Event()

    def writes() -> None:
        with listening.shielded():
            inside.set()

    def raised_in(thread: threading.Thread) -> None:
        entering.start()
        assert not inside.wait(0.1), "the shield was entered while the interrupt is raised"

    entering = threading.Thread(target=writes)
    monkeypatch.setattr(interruption, "_raise_in", raised_in)
    monkeypatch.setattr(interruption, "stop", lambda: 0)
    monkeypatch.setattr(interruption, "IN_ORDER_S", float("inf"))
    listening._press(threading.main_thread())
    entering.join()
    assert inside.is_set()
    with listening.shielded():
        pass
    assert listening._shields == 0


def test_no_interrupt_is_raised_in_a_shield_and_one_is_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listening = Interruption()
    raised: list[threading.Thread] = []
    monkeypatch.setattr(interruption, "_raise_in", raised.append)
    monkeypatch.setattr(interruption, "stop", lambda: 0)
    monkeypatch.setattr(interruption, "IN_ORDER_S", float("inf"))
    with listening.shielded():
        listening._press(threading.main_thread())
        assert raised == []
    listening._press(threading.main_thread())
    listening._press(threading.main_thread())
    assert raised == [threading.main_thread()]
