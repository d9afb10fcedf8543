"""The ledger's thread never ends without a word, and one bad value is its caller's alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from inference.errors import EntryUnstorableError, LedgerError
from inference.ledger import Entry, Ledger, Purpose, ReservedAmount
from inference.ledger.transaction import Transactions

_HANG_S = 60


def _entry(key: str) -> Entry:
    return Entry(key, b"{}", key.encode(), "m", "", 1, 2, 0.5, 0.1)


def _together(ledger: Ledger, entries: list[Entry]) -> list[bytes | BaseException]:
    async def put() -> list[bytes | BaseException]:
        puts = (ledger.put(entry, Purpose("run", "stage")) for entry in entries)
        return await asyncio.wait_for(asyncio.gather(*puts, return_exceptions=True), _HANG_S)

    return asyncio.run(put())


@pytest.mark.parametrize(
    "bad",
    [
        lambda entry: replace(entry, input_tokens=2**63),
        lambda entry: replace(entry, output_tokens=-(2**64)),
        lambda entry: replace(entry, model="half \ud83d"),
        lambda entry: replace(entry, address="half \ud83d"),
        lambda entry: replace(entry, model=None),
        lambda entry: replace(entry, latency_s=float("nan")),
        lambda entry: replace(entry, price_usd=("no", "price")),
        lambda entry: replace(entry, reply="text"),
    ],
    ids=["too many tokens", "too few", "half a sign", "in an address", "nothing", "no number",
         "no price", "no bytes"],
)  # fmt: skip
def test_a_value_that_cannot_be_stored_fails_its_caller_and_nobody_else(
    tmp_path: Path, bad: Callable[[Entry], Entry]
) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    entries = [_entry(str(number)) for number in range(40)]
    entries[17] = bad(entries[17])
    found = _together(ledger, entries)
    assert isinstance(found[17], EntryUnstorableError)
    assert len(str(found[17]).splitlines()) == 1
    assert found[:17] + found[18:] == [each.reply for each in entries[:17] + entries[18:]]
    ledger.require_sound()
    assert _together(ledger, [_entry("later")]) == [b"later"]
    assert ledger.bought("run")["stage", "m"].replies == 40
    ledger.close()


def test_what_cannot_be_stored_is_named_by_its_kind_and_the_drivers_error(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    with pytest.raises(EntryUnstorableError, match=r"hold a reply's .*\(got OverflowError\)"):
        asyncio.run(ledger.put(replace(_entry("a"), input_tokens=2**63)))
    with pytest.raises(EntryUnstorableError, match=r"look up a key \(got UnicodeEncodeError\)"):
        asyncio.run(ledger.get("half \ud83d"))
    odd = ReservedAmount("id", "run", "half \ud83d", 0.5)
    with pytest.raises(EntryUnstorableError, match=r"hold a reservation \(got UnicodeEncodeEr"):
        asyncio.run(ledger.reserve(odd))
    ledger.close()


@pytest.mark.parametrize("error", [MemoryError(), RecursionError("deep"), KeyError("reply text")])
def test_whatever_goes_wrong_in_the_thread_fails_all_who_wait_at_once(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Transactions, jobs: object) -> None:
        raise error

    ledger = Ledger(tmp_path / "ledger.sqlite")
    monkeypatch.setattr(Transactions, "do", fail)
    found = _together(ledger, [_entry(str(number)) for number in range(600)])
    assert {str(each) for each in found} == {
        f"the ledger {tmp_path / 'ledger.sqlite'} must be a file that can be read and written "
        f"(got {type(error).__name__})"
    }
    with pytest.raises(LedgerError):
        ledger.require_sound()
    assert isinstance(_together(ledger, [_entry("later")])[0], LedgerError)
    _closes(ledger)


def test_an_end_of_the_thread_itself_fails_all_who_wait_and_who_come_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, may_end = threading.Event(), threading.Event()

    def end(self: Transactions, jobs: object) -> None:
        began.set()
        may_end.wait(_HANG_S)
        raise SystemExit

    ledger = Ledger(tmp_path / "ledger.sqlite")
    monkeypatch.setattr(Transactions, "do", end)

    async def use() -> list[BaseException | bytes]:
        first = asyncio.ensure_future(ledger.put(_entry("first")))
        await asyncio.to_thread(began.wait, _HANG_S)
        rest = [asyncio.ensure_future(ledger.put(_entry(str(number)))) for number in range(9)]
        await asyncio.sleep(0)
        may_end.set()
        return await asyncio.wait_for(asyncio.gather(first, *rest, return_exceptions=True), _HANG_S)

    assert {type(each) for each in asyncio.run(use())} == {LedgerError}
    ledger._writer._thread.join(_HANG_S)
    with pytest.raises(LedgerError):
        asyncio.run(ledger.get("later"))
    _closes(ledger)


def test_a_closed_ledger_refuses_at_once_and_is_closed_twice_without_harm(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    _closes(ledger)
    _closes(ledger)
    with pytest.raises(LedgerError, match=r"must be open \(got closed\)"):
        asyncio.run(ledger.get("k"))
    ledger.free("nothing")
    ledger.lose("nothing")


def test_who_has_gone_away_is_no_harm_to_who_comes_later(tmp_path: Path) -> None:
    """An event loop that was closed while its calls waited must not end the ledger's thread."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(ledger.put(_entry("a")), 0))
    loop = asyncio.new_event_loop()
    waiting = loop.create_task(ledger.put(_entry("b")))
    loop.run_until_complete(asyncio.sleep(0))
    waiting.cancel()
    loop.run_until_complete(asyncio.gather(waiting, return_exceptions=True))
    loop.close()
    assert _together(ledger, [_entry("c")]) == [b"c"]
    assert asyncio.run(ledger.get("b")) == b"b"
    _closes(ledger)


def test_a_reservation_that_is_given_up_before_it_is_stored_is_not_held(tmp_path: Path) -> None:
    async def give_up(ledger: Ledger) -> None:
        waiting = asyncio.ensure_future(ledger.reserve(ReservedAmount("r", "run", "m", 1.0)))
        await asyncio.sleep(0)
        ledger.free("r")
        await waiting
        await ledger.get("after it")

    ledger = Ledger(tmp_path / "ledger.sqlite")
    asyncio.run(give_up(ledger))
    assert ledger.reserved("run") == (0, 0.0)
    _closes(ledger)


def _closes(ledger: Ledger) -> None:
    closer = threading.Thread(target=ledger.close, daemon=True)
    closer.start()
    closer.join(_HANG_S)
    assert not closer.is_alive()
