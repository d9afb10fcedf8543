"""What a run knows of its replies: how long they took, what it bought, what it holds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from inference.accounts import Spend
from inference.ledger import Entry, Ledger, Purpose, ReservedAmount


def _entry(key: str) -> Entry:
    return Entry(key, b"{}", b"{}", "m", "http://127.0.0.1/v1", 1, 2, 0.5, 0.1)


def test_a_run_knows_how_long_its_replies_took_whoever_bought_them(tmp_path: Path) -> None:
    async def use(ledger: Ledger) -> None:
        await ledger.put(replace(_entry("a"), latency_s=1.5), Purpose("one", "rewrite"))
        await ledger.put(replace(_entry("b"), latency_s=2.5), Purpose("two", "rewrite"))
        await ledger.put(replace(_entry("c"), latency_s=-1.0), Purpose("one", "rewrite"))
        await ledger.get("b", Purpose("one", "moderate"))

    ledger = Ledger(tmp_path / "ledger.sqlite")
    asyncio.run(use(ledger))
    assert ledger.latencies("one") == {"a": 1.5, "b": 2.5}  # none of a damaged row
    assert ledger.latencies("nobody") == {}
    ledger.close()


def test_a_run_bought_what_it_did_not_find_and_holds_what_nobody_knows(tmp_path: Path) -> None:
    async def use(ledger: Ledger) -> None:
        await ledger.put(_entry("a"), Purpose("one", "rewrite"))
        for reservation in ("answered", "refused", "lost", "paid twice"):
            await ledger.reserve(ReservedAmount(reservation, "two", "m", 0.25))
        ledger.free("refused")
        await ledger.get("a", Purpose("two", "rewrite"))
        await ledger.put(replace(_entry("b"), reservation="answered"), Purpose("two", "rewrite"))
        await ledger.put(replace(_entry("a"), reservation="paid twice"), Purpose("two", "rewrite"))

    ledger = Ledger(tmp_path / "ledger.sqlite")
    asyncio.run(use(ledger))
    assert ledger.spent("two") == {("rewrite", "m"): Spend(2, 0, 2, 4, 1.0, 0)}
    # It paid for `a` too, since its own call was out when another's reply was stored.
    assert ledger.bought("two") == {("rewrite", "m"): Spend(2, 0, 2, 4, 1.0, 0)}
    assert ledger.bought("one") == {("rewrite", "m"): Spend(1, 0, 1, 2, 0.5, 0)}
    assert ledger.reserved("two") == (1, 0.25)
    assert ledger.reserved("one") == (0, 0.0)
    ledger.close()
