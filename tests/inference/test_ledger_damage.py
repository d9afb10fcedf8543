"""A damaged ledger gives a reply or none, or is refused in one line: it ends no run twice."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inference.canonical import canonical, key_of
from inference.errors import LedgerError
from inference.ledger import Entry, Ledger, Purpose, ReservedAmount
from inference.ledger_schema import dump, readable
from inference.providers.openai import OpenAIProvider
from inference.types import ChatRequest, Message, Refusal, Reply, TokenLogprobs, Usage
from tests.inference.tasks import Question, asking, engine_for, item, spec_for
from tests.servers.behaviours import echo
from tests.servers.openai_server import serve

_REQUEST = ChatRequest("m", (Message("user", "q"),))
_PURPOSE = Purpose("run", "stage")
_REPLY = Reply(
    text="an answer",
    finish="stop",
    refusal=Refusal("model_refusal", "message.refusal", "no"),
    usage=Usage(3, 4, 1, 2),
    price_usd=0.25,
    model="served",
    logprobs=(TokenLogprobs("a", -0.5, (("a", -0.5),)),),
)


def _entry(key: str, reply: bytes) -> Entry:
    return Entry(key, b"{}", reply, "m", "", 1, 2, 0.5, 0.1)


@cache
def _whole() -> bytes:
    """The bytes of a ledger with 40 replies, their uses and a reservation."""

    async def fill(ledger: Ledger) -> None:
        puts = (ledger.put(_entry(f"{n:064}", dump(_REPLY)), _PURPOSE) for n in range(40))
        await asyncio.gather(*puts)
        await ledger.reserve(ReservedAmount("r", "run", "m", 0.5))

    path = Path(mkdtemp()) / "ledger.sqlite"
    ledger = Ledger(path)
    asyncio.run(fill(ledger))
    ledger.close()
    data = path.read_bytes()
    shutil.rmtree(path.parent)
    return data


def _used(path: Path) -> None:
    """Uses a ledger as runs do; whatever it holds, what comes is known or one line."""
    try:
        ledger = Ledger(path)
    except LedgerError as error:
        assert len(str(error).splitlines()) == 1
        return
    try:
        asyncio.run(_ask(ledger, [f"{number:064}" for number in range(40)]))
        ledger.open_budget("run")
        ledger.bought("run")
        ledger.spent("run")
        ledger.count()
        asyncio.run(ledger.reserve(ReservedAmount("s", "run", "m", 0.5), 100.0))
    except LedgerError as error:
        assert len(str(error).splitlines()) == 1
    finally:
        ledger.close()


async def _ask(ledger: Ledger, keys: list[str]) -> None:
    stored = dump(_REPLY)
    for key, found in zip(
        keys, await asyncio.gather(*(ledger.get(key, _PURPOSE) for key in keys)), strict=True
    ):
        assert found in (None, stored)
        if found is None:
            assert await ledger.put(_entry(key, stored), _PURPOSE) == stored
            assert await ledger.get(key) == stored


def _flip(folder: Path, place: int, bit: int) -> None:
    data = bytearray(_whole())
    data[place % len(data)] ^= 1 << bit
    path = folder / "ledger.sqlite"
    path.write_bytes(data)
    _used(path)


_PLACES = st.integers(0, 2**20)
_BITS = st.integers(0, 7)


@settings(max_examples=4)
@given(place=_PLACES, bit=_BITS)
def test_a_bit_flipped_anywhere_gives_the_reply_or_none_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    _flip(tmp_path_factory.mktemp("flipped"), place, bit)


@pytest.mark.slow
@settings(max_examples=100)
@given(place=_PLACES, bit=_BITS)
def test_bits_flipped_anywhere_give_the_reply_or_none_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    _flip(tmp_path_factory.mktemp("flipped"), place, bit)


@pytest.mark.slow
@settings(max_examples=60)
@given(place=st.integers(0, 700), bit=_BITS)
def test_bits_flipped_in_the_schema_give_the_reply_or_none_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    _flip(tmp_path_factory.mktemp("flipped"), place if place < 100 else 4096 - place, bit)


@settings(max_examples=4)
@given(length=_PLACES)
def test_a_truncated_file_gives_the_reply_or_none_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "ledger.sqlite"
    path.write_bytes(_whole()[: length % len(_whole())])
    _used(path)


_CELLS = st.one_of(
    st.none(),
    st.binary(max_size=40),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
)


@settings(max_examples=25)
@given(
    cells=st.dictionaries(
        st.sampled_from(["reply", "checksum", "encoding", "model", "price_usd", "input_tokens"]),
        _CELLS,
        min_size=1,
    )
)
@example(cells={"encoding": b""})
def test_any_values_in_a_row_give_the_reply_or_none(
    tmp_path_factory: pytest.TempPathFactory, cells: dict[str, object]
) -> None:
    path = tmp_path_factory.mktemp("odd") / "ledger.sqlite"
    path.write_bytes(_whole())
    key = f"{7:064}"
    odd = sqlite3.connect(path)
    # Values that the columns would not take, as only damage brings them.
    odd.execute("pragma ignore_check_constraints = 1")
    columns = ", ".join(f"{name} = ?" for name in cells)
    try:
        odd.execute(f"update replies set {columns} where key = ?", (*cells.values(), key))
    except sqlite3.IntegrityError:
        return
    finally:
        odd.commit()
        odd.close()
    ledger = Ledger(path)
    found = asyncio.run(ledger.get(key))
    if found is not None and found != dump(_REPLY):
        # Without a checksum, as an older row: then it must be read, or count as none.
        assert cells.get("checksum", b"") is None
        readable(found, _REQUEST, key)
    ledger.close()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts),
    max_leaves=6,
)


@given(field=st.sampled_from(list(orjson.loads(dump(_REPLY)))), value=_JSON)
def test_a_stored_reply_with_any_field_is_read_whole_or_not_at_all(
    field: str, value: object
) -> None:
    try:
        stored = orjson.dumps(orjson.loads(dump(_REPLY)) | {field: value})
    except TypeError:
        return
    reply = readable(stored, _REQUEST, "k")
    assert reply is None or readable(dump(reply), _REQUEST, "k") == reply


@given(stored=st.binary(max_size=60))
def test_any_bytes_are_read_whole_or_not_at_all(stored: bytes) -> None:
    assert readable(stored, _REQUEST, "k") is None


def test_what_is_stored_is_read_as_it_was_whatever_a_server_counted() -> None:
    for reply in (
        _REPLY,
        Reply(),
        Reply(usage=Usage(-1, 2**63 - 1)),
        Reply(logprobs=(TokenLogprobs("a", None),)),  # type: ignore[arg-type]  # as JSON had it
    ):
        found = readable(dump(reply), _REQUEST, "k")
        assert found is not None
        assert found.usage == reply.usage


@pytest.mark.parametrize(
    "damage",
    [
        "update replies set reply = replace(reply, 'hello', 'other')",
        "update replies set reply = x'7b7d'",
        "update replies set reply = x'ff00'",
        "update replies set reply = substr(reply, 1, 9)",
        "update replies set reply = x'7b7d', checksum = null",
        "update replies set reply = x'5b5d', checksum = null",
        "update replies set reply = 'text', checksum = null",
        "update replies set reply = 5, checksum = null",
        "update replies set checksum = x'00'",
        "update replies set encoding = 'zstd'",
    ],
)
def test_a_damaged_reply_is_said_once_bought_again_and_replaced(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve(echo) as server:
        for asked in (1, 2, 2):
            with engine_for(server.base_url, path) as engine:
                assert engine.run([asking("hello")]).results == ("hello",)
            assert len(server.calls) == asked
            if not caplog.records and asked == 1:
                with sqlite3.connect(path) as other:
                    other.execute(damage)
                other.close()
    assert [each.getMessage() for each in caplog.records] == [
        f"1 replies of the ledger {path} were damaged: they counted as absent, and those that were "
        "asked for again were replaced; a backup and a look at the disk are due"
    ]


def test_a_sound_row_that_holds_no_reply_is_replaced_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with serve(echo) as server:
        provider = OpenAIProvider(spec_for(server.base_url))
        key = key_of(canonical(Question().request(item("hello"), 0), provider.identity))
        ledger = Ledger(path)
        asyncio.run(ledger.put(_entry(key, b'{"text": 5}')))
        ledger.close()
        for _ in range(2):
            with engine_for(server.base_url, path) as engine:
                assert engine.run([asking("hello")]).results == ("hello",)
        assert len(server.calls) == 1
        asyncio.run(provider.close())


def test_replies_that_were_swapped_count_as_absent(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    for key in ("a", "b"):
        asyncio.run(ledger.put(_entry(key, dump(_REPLY))))
    with sqlite3.connect(path) as other:
        other.execute("update replies set key = 'c' where key = 'a'")
        other.execute("update replies set key = 'a' where key = 'b'")
    other.close()
    assert asyncio.run(ledger.get("a")) is None
    assert asyncio.run(ledger.get("c")) is None
    ledger.close()


def test_a_body_in_a_form_of_a_newer_refusery_is_refused_and_left(
    tmp_path: Path,
) -> None:
    from inference.ledger.tables import checksum_of

    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    asyncio.run(ledger.put(_entry("k", b"packed")))
    with sqlite3.connect(path) as other:
        newer = checksum_of("k", "zstd", b"packed")
        other.execute("update replies set encoding = 'zstd', checksum = ?", (newer,))
    other.close()
    with pytest.raises(LedgerError, match="use a newer refusery"):
        asyncio.run(ledger.get("k"))
    ledger.close()


@pytest.mark.parametrize(
    "damage",
    [
        f"update replies set input_tokens = {2**62}, output_tokens = {2**62}",
        "update replies set input_tokens = -5, output_tokens = 'many'",
        "update replies set model = x'fffe'",
        "update replies set price_usd = 'abc'",
        "update replies set price_usd = 1e308",
        "update uses set stage = x'ff', paid_usd = 9e999",
        "update uses set paid_usd = -1.0",
    ],
)
def test_no_value_beside_a_reply_ends_the_sums_of_a_run(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(_whole())
    odd = sqlite3.connect(path)
    odd.execute(damage)
    odd.commit()
    odd.close()
    ledger = Ledger(path)
    for sums in (ledger.bought("run"), ledger.spent("run")):
        (((stage, model), spend),) = sums.items()
        orjson.dumps([stage, model])
        assert spend.replies == 40
        assert 0 <= spend.input_tokens <= 40
        assert 0 <= spend.price_usd <= 20
        assert 0 <= spend.unpriced <= 40
    assert 0 <= ledger.open_budget("run").bought_usd <= 20
    ledger.close()
