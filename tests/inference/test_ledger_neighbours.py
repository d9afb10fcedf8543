"""Two real processes on one ledger: one truth for replies, one cap for both."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from inference.budget import LedgerBudget
from inference.errors import BudgetReachedError
from inference.ledger import Balance, Entry, Ledger, Purpose, ReservedAmount
from inference.models import ModelSpec, Price
from inference.processes import is_alive, own_name
from inference.types import ChatRequest, Message, Reply

_ROOT = Path(__file__).parents[2]
_KEYS = 1000
_CALL_USD = 0.25  # what a call of `_reserved` is bounded by, and costs
_HANG_S = 120


def _started(path: Path, *steps: object) -> subprocess.Popen[str]:
    program = (
        "import sys; from tests.inference import test_ledger_neighbours as test; "
        "test.main(*sys.argv[1:])"
    )
    command = [sys.executable, "-c", program, str(path), *(str(step) for step in steps)]
    return subprocess.Popen(
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def main(path: str, step: str, *given: str) -> None:
    """What the other process does: opens the ledger, waits for a line, works, says what came."""
    ledger = Ledger(Path(path))
    print("open", flush=True)  # noqa: T201 - to the test
    sys.stdin.readline()
    steps = {"put": _put_all, "spend": _spend_all, "reserve": _reserve_one}
    found = asyncio.run(steps[step](ledger, *given))
    print(json.dumps(found), flush=True)  # noqa: T201 - to the test
    if step == "reserve":
        sys.stdin.readline()
        os.kill(os.getpid(), signal.SIGKILL)
    ledger.close()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def _in_turns(processes: Sequence[subprocess.Popen[str]]) -> list[object]:
    for process in processes:
        assert _line(process) == "open"
    for process in processes:
        _go(process)
    found = [json.loads(_line(process)) for process in processes]
    assert [_ended(process) for process in processes] == [0] * len(processes)
    return found


def _ended(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=_HANG_S)
    return process.returncode


async def _put_all(ledger: Ledger, run: str) -> dict[str, str]:
    """Puts replies of its own under keys that the other process has too."""

    async def put(key: str) -> bytes:
        entry = Entry(key, b"", f"{run} {key}".encode(), "m", "", 1, 1, 0.5, 0.1)
        return await ledger.put(entry, Purpose(run, "stage"))

    keys = [str(number) for number in range(_KEYS)]
    found: dict[str, str] = {}
    for start in range(0, _KEYS, 20):
        some = keys[start : start + 20]
        kept = await asyncio.gather(*(put(key) for key in some))
        found |= {key: reply.decode() for key, reply in zip(some, kept, strict=True)}
    return found


@pytest.mark.slow
def test_both_go_on_with_the_reply_that_is_stored_and_both_payments_count(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    one, other = _in_turns([_started(path, "put", "one"), _started(path, "put", "other")])
    assert one == other
    assert isinstance(one, dict)
    ledger = Ledger(path)
    stored = asyncio.run(_all(ledger, list(one)))
    assert stored == {key: reply.encode() for key, reply in one.items()}
    for run in ("one", "other"):
        spend = ledger.bought(run)["stage", "m"]
        assert (spend.replies, spend.price_usd) == (_KEYS, _KEYS * 0.5)
    assert ledger.count() == _KEYS
    ledger.close()


async def _all(ledger: Ledger, keys: list[str]) -> dict[str, bytes | None]:
    return dict(zip(keys, await asyncio.gather(*(ledger.get(key) for key in keys)), strict=True))


@pytest.mark.slow
def test_of_one_run_in_two_processes_both_payments_count_too(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    one, other = _in_turns([_started(path, "put", "run"), _started(path, "put", "run")])
    assert one == other
    ledger = Ledger(path)
    assert ledger.bought("run")["stage", "m"].replies == _KEYS
    assert ledger.bought("run")["stage", "m"].price_usd == 2 * _KEYS * 0.5
    assert ledger.open_budget("run").bought_usd == 2 * _KEYS * 0.5
    ledger.close()


_SPEC = ModelSpec("m", "openai", "m", base_url="", price=Price(0.0, 1_000_000 * _CALL_USD))
_REQUEST = ChatRequest("m", (Message("user", "q"),), max_tokens=1)


async def _spend_all(ledger: Ledger, cap: str, calls: str, share: str) -> dict[str, float]:
    """Makes calls under a cap until it is reached; each costs a share of its bound."""
    budget = LedgerBudget(ledger, "run", float(cap))
    made = 0
    cost = float(share) * _CALL_USD

    async def call(number: int) -> None:
        nonlocal made
        reservation = await budget.reserve(_SPEC, _REQUEST)
        await asyncio.sleep(0.001 * (number % 7))
        made += 1
        held = reservation.spend(Reply(price_usd=cost))
        key = f"{id(ledger)} {os.getpid()} {number}"
        entry = Entry(key, b"", b"{}", "m", "", 1, 1, cost, 0.1, held)
        await ledger.put(entry, Purpose("run", "stage"))

    found = await asyncio.gather(*(call(n) for n in range(int(calls))), return_exceptions=True)
    wrong = [each for each in found if not isinstance(each, BudgetReachedError | None)]
    assert not wrong, wrong
    return {"made": made, "reached": budget.error is not None}


@pytest.mark.slow
@pytest.mark.parametrize("share", [1.0, 0.3])
def test_one_cap_holds_for_two_processes_at_once_and_is_used_up(
    tmp_path: Path, share: float
) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    cap = 10.1 * _CALL_USD
    found = _in_turns([_started(path, "spend", cap, 60, share) for _ in range(2)])
    ledger = Ledger(path)
    spent = ledger.open_budget("run")
    assert spent.unknown_usd == spent.others_usd == 0.0
    assert cap - _CALL_USD <= spent.bought_usd <= cap
    assert sum(each["made"] for each in found) == round(spent.bought_usd / (share * _CALL_USD))  # type: ignore[index]  # a dict
    assert all(each["reached"] for each in found)  # type: ignore[index]  # a dict
    ledger.close()


async def _reserve_one(ledger: Ledger) -> None:
    await LedgerBudget(ledger, "run", 1.0).reserve(_SPEC, _REQUEST)


@pytest.mark.slow
def test_a_reservation_is_in_flight_while_its_process_lives_and_unknown_once_it_is_killed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    process = _started(path, "reserve")
    assert _line(process) == "open"
    _go(process)
    assert _line(process) == "null"
    assert ledger.open_budget("run") == Balance(others_usd=_CALL_USD)

    async def wait_and_see() -> None:
        budget = LedgerBudget(ledger, "run", 1.5 * _CALL_USD)
        waiting = asyncio.ensure_future(budget.reserve(_SPEC, _REQUEST))
        await asyncio.sleep(0.3)
        assert not waiting.done()  # the other's call may cost less
        _go(process)
        with pytest.raises(BudgetReachedError, match="for 1 calls that were cut off"):
            await asyncio.wait_for(waiting, _HANG_S)

    asyncio.run(wait_and_see())
    assert _ended(process) == -signal.SIGKILL
    assert ledger.balance("run") == Balance(0.0, 1, _CALL_USD)
    ledger.close()


def test_the_second_of_two_ledgers_goes_on_with_the_reply_of_the_first(tmp_path: Path) -> None:
    async def put(ledger: Ledger, reply: bytes, usd: float) -> bytes:
        entry = Entry("k", b"", reply, "m", "", 1, 1, usd, 0.1)
        return await ledger.put(entry, Purpose("run", "stage"))

    one, other = Ledger(tmp_path / "ledger.sqlite"), Ledger(tmp_path / "ledger.sqlite")
    assert asyncio.run(put(one, b"first", 0.5)) == b"first"
    assert asyncio.run(put(other, b"second", 0.25)) == b"first"
    assert other.bought("run")["stage", "m"].price_usd == 0.75
    assert other.spent("run")["stage", "m"].price_usd == 0.5
    one.close()
    other.close()


def test_one_cap_holds_for_two_budgets_at_once_and_is_used_up(tmp_path: Path) -> None:
    async def spend() -> list[dict[str, float]]:
        return await asyncio.gather(*(_spend_all(each, str(cap), "30", "0.5") for each in ledgers))

    cap = 5.1 * _CALL_USD
    ledgers = [Ledger(tmp_path / "ledger.sqlite") for _ in range(2)]
    found = asyncio.run(spend())
    spent = ledgers[0].balance("run")
    assert cap - _CALL_USD <= spent.held_usd == spent.bought_usd <= cap
    assert [each["reached"] for each in found] == [True, True]
    for ledger in ledgers:
        ledger.close()


def test_a_call_that_was_lost_is_unknown_to_the_other_process_at_once(tmp_path: Path) -> None:
    async def lose(ledger: Ledger) -> None:
        budget = LedgerBudget(ledger, "run", 1.0)
        lost, held = [await budget.reserve(_SPEC, _REQUEST) for _ in range(2)]
        lost.unknown()
        await ledger.get("after it")
        assert ledger.balance("run") == Balance(0.0, 1, _CALL_USD, own_usd=_CALL_USD)
        assert other.balance("run") == Balance(0.0, 1, _CALL_USD, others_usd=_CALL_USD)
        held.release()
        await ledger.get("after it")

    ledger, other = Ledger(tmp_path / "ledger.sqlite"), Ledger(tmp_path / "ledger.sqlite")
    asyncio.run(lose(ledger))
    assert other.balance("run") == Balance(0.0, 1, _CALL_USD)
    asyncio.run(ledger.reserve(ReservedAmount("left", "run", "m", 0.5)))
    ledger.close()
    assert other.balance("run") == Balance(0.0, 2, _CALL_USD + 0.5)
    other.close()


def test_a_process_is_known_by_its_number_and_its_start() -> None:
    own = own_name()
    host, pid, start, _ = own.split("/")
    assert is_alive(own)
    for name in (
        f"{host}/{pid}/{int(start) + 1}/a" if start else "",
        f"elsewhere/{pid}/{start}/a",
        f"{host}/{2**31 - 1}/{start}/a",
        f"{host}/{2**70}//a",
        f"{host}/²/{start}/a",
        *("", "/", "///", "nonsense"),
    ):
        assert not is_alive(name)
