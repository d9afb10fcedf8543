from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from inference.accounts import Spend
from inference.canonical import Identity, canonical, key_of
from inference.errors import LedgerError
from inference.ledger import Balance, Entry, Ledger, Purpose, ReservedAmount, database, writer
from inference.ledger_schema import dump, load
from inference.types import ChatRequest, Message, Refusal, Reply, TokenLogprobs, Usage

_REQUEST = ChatRequest("m", (Message("user", "q"),))


def _entry(key: str, reply: bytes = b"{}") -> Entry:
    return Entry(key, b"{}", reply, "m", "http://127.0.0.1/v1", 1, 2, 0.5, 0.1)


async def _many(ledger: Ledger, count: int) -> list[bytes | None]:
    await asyncio.gather(*(ledger.put(_entry(str(n), str(n).encode())) for n in range(count)))
    return list(await asyncio.gather(*(ledger.get(str(n)) for n in range(count))))


def test_replies_are_found_again_by_a_second_process(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    asyncio.run(ledger.put(_entry("k", b"stored")))
    # No close: what was acknowledged is durable already.
    with sqlite3.connect(tmp_path / "ledger.sqlite") as other:
        assert other.execute("select reply from replies").fetchall() == [(b"stored",)]
    other.close()
    ledger.close()


def test_many_gets_and_puts_are_grouped_and_all_answered(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert asyncio.run(_many(ledger, 1500)) == [str(n).encode() for n in range(1500)]
    assert ledger.count() == 1500
    ledger.close()


def test_a_runs_cost_counts_each_reply_that_it_used_once(tmp_path: Path) -> None:
    async def use(ledger: Ledger) -> None:
        await ledger.put(_entry("a"), Purpose("one", "rewrite"))
        await ledger.put(_entry("b"), Purpose("one", "moderate"))
        await ledger.put(_entry("c"), Purpose("two", "rewrite"))
        await ledger.get("a", Purpose("one", "moderate"))
        await ledger.get("c", Purpose("one", "moderate"))
        await ledger.get("unknown", Purpose("one", "moderate"))

    ledger = Ledger(tmp_path / "ledger.sqlite")
    asyncio.run(use(ledger))
    assert ledger.spent("one") == {
        ("moderate", "m"): Spend(2, 0, 2, 4, 1.0, 0),
        ("rewrite", "m"): Spend(1, 0, 1, 2, 0.5, 0),
    }
    assert ledger.spent("nobody") == {}
    ledger.close()


_VERSION_1 = """
create table meta (name varchar primary key not null, value varchar not null);
create table replies (key varchar(64) primary key not null, request blob not null,
    reply blob not null, model varchar not null, address varchar not null,
    input_tokens integer not null, output_tokens integer not null, price_usd float,
    created float not null, latency_s float not null);
create table uses (run varchar not null, "key" varchar(64) not null, stage varchar not null,
    primary key (run, "key"));
insert into meta values ('schema_version', '1');
insert into replies values ('a', x'', x'61', 'm', '', 1, 2, 0.5, 0, 0);
insert into replies values ('b', x'', x'62', 'm', '', 1, 2, 0.5, 0, 0);
insert into uses values ('one', 'a', 'rewrite'), ('two', 'a', 'rewrite'), ('two', 'b', 'rewrite');
"""


@pytest.mark.parametrize("killed", [False, True], ids=["whole", "killed in its middle"])
def test_a_ledger_of_version_1_is_brought_up_in_place(tmp_path: Path, killed: bool) -> None:
    path = tmp_path / "ledger.sqlite"
    with sqlite3.connect(path) as old:
        old.executescript(_VERSION_1)
        if killed:
            old.execute("alter table uses add column bought boolean default false not null")
    old.close()
    for again in range(2):
        ledger = Ledger(path)
        assert asyncio.run(ledger.get("a")) == b"a"
        assert {run: ledger.bought(run)["rewrite", "m"].replies for run in ("one", "two")} == {
            "one": 1,
            "two": 1,
        }
        assert ledger.spent("two")["rewrite", "m"].replies == 2
        # What older runs paid is known to the last, and what they left reserved is unknown.
        assert ledger.open_budget("two") == Balance(0.5, again, again * 0.25)
        asyncio.run(ledger.reserve(ReservedAmount(f"{again}", "two", "m", 0.25)))
        ledger.close()


def test_the_first_reply_of_a_key_stays(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    for reply in (b"first", b"second"):
        asyncio.run(ledger.put(_entry("k", reply)))
    assert asyncio.run(ledger.get("k")) == b"first"
    ledger.close()


def test_of_two_replies_of_a_key_at_once_the_first_is_given_to_both(tmp_path: Path) -> None:
    async def put(ledger: Ledger) -> list[bytes]:
        return await asyncio.gather(*(ledger.put(_entry("k", b"%d" % n)) for n in range(9)))

    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert asyncio.run(put(ledger)) == [b"0"] * 9
    assert asyncio.run(ledger.get("k")) == b"0"
    ledger.close()


def test_a_file_that_is_no_database_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(LedgerError, match="restore a backup") as caught:
        Ledger(path)
    assert str(path) in str(caught.value)


def test_a_damaged_page_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    asyncio.run(_many(ledger, 2000))
    ledger.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="sound SQLite file"):
        _use(path)


def _use(path: Path) -> None:
    ledger = Ledger(path)
    try:
        asyncio.run(_many(ledger, 10))
    finally:
        ledger.close()


def test_a_locked_file_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY_S", 0.2)
    monkeypatch.setattr(writer, "_LOCKED_S", 0.3)
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("begin exclusive")
    try:
        with pytest.raises(LedgerError, match="end the other process"):
            _use(path)
    finally:
        holder.close()


def test_a_neighbour_that_holds_the_lock_for_long_is_waited_for_and_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "_BUSY_S", 0.01)
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("begin immediate")
    rest = threading.Timer(0.5, holder.execute, ("commit",))
    rest.start()
    asyncio.run(ledger.put(_entry("k", b"stored")))
    assert asyncio.run(ledger.get("k")) == b"stored"
    assert [each.getMessage() for each in caplog.records] == [
        f"the ledger {path} is locked by another process; waiting up to 300 s for it"
    ]
    ledger.close()
    rest.join()
    holder.close()


def test_a_ledger_of_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sa.text("update meta set value = '99'"))
    engine.dispose()
    with pytest.raises(LedgerError, match="newer refusery"):
        Ledger(path)


@pytest.mark.parametrize("version", ["abc", "", "-1", "²", "x" * 5000, "3.0", "9" * 5000])
def test_a_schema_version_that_is_no_number_is_refused_in_one_line(
    tmp_path: Path, version: str
) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    with sqlite3.connect(path) as other:
        other.execute("update meta set value = ?", (version,))
    other.close()
    with pytest.raises(LedgerError, match="schema version") as caught:
        Ledger(path)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 500


def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with sqlite3.connect(path) as other:
        other.executescript("create table songs (name text); create table meta (a text);")
    with pytest.raises(LedgerError, match="must be a ledger of refusery"):
        Ledger(path)
    names = other.execute("select name from sqlite_master order by name").fetchall()
    other.close()
    assert names == [("meta",), ("songs",)]
    assert not path.with_name("ledger.sqlite.count").exists()


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="must be a file that can be read and written"):
        Ledger(tmp_path)


def test_a_file_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    _pragma(monkeypatch, "query_only = 1")
    with pytest.raises(LedgerError, match="must be a file that can be read and written"):
        _use(path)


def test_a_full_disk_ends_in_one_line_and_keeps_what_was_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(path)
    asyncio.run(ledger.put(_entry("0", b"0" * 2000)))
    ledger.close()
    with monkeypatch.context() as full:
        _pragma(full, "max_page_count = 1")
        ledger = Ledger(path)
        with pytest.raises(LedgerError, match="room to grow") as caught:
            asyncio.run(ledger.put(_entry("1", b"1" * 50_000)))
        with pytest.raises(LedgerError, match="room to grow"):
            asyncio.run(ledger.get("0"))
        ledger.close()
    assert len(str(caught.value).splitlines()) == 1
    ledger = Ledger(path)
    assert asyncio.run(ledger.get("0")) == b"0" * 2000
    ledger.close()


def _pragma(monkeypatch: pytest.MonkeyPatch, pragma: str) -> None:
    """Sets a pragma on each connection that is opened from now on."""

    class Limited(sqlite3.Connection):
        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
            done = super().execute(sql, *values)
            if "synchronous" in sql:
                super().execute(f"PRAGMA {pragma}")
            return done

    opened = sqlite3.dbapi2.connect

    def connect(*place: object, **options: object) -> sqlite3.Connection:
        return opened(*place, **options, factory=Limited)  # type: ignore[call-overload,no-any-return]  # as it came

    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect)


def test_a_url_is_said_without_its_password() -> None:
    for url in (
        "postgresql+nodriver://name:secret@db.example/ledger?password=secret",
        "nothing://name:secret@db.example/ledger",
        "postgresql://name:secret@db.example:port/ledger",
    ):
        with pytest.raises(LedgerError) as caught:
            Ledger(url)
        assert "secret" not in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1
    assert database.shown("postgresql://name:secret@db.example/ledger?sslkey=secret") == (
        "postgresql://name:***@db.example/ledger"
    )


def test_its_files_are_for_their_owner_alone_and_older_ones_are_closed_to_others(
    tmp_path: Path,
) -> None:
    path = tmp_path / "out" / "ledger.sqlite"
    ledger = Ledger(path)
    asyncio.run(_many(ledger, 3))
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert _modes(path) == dict.fromkeys(["", "-shm", "-wal", ".count"], 0o600)
    for each in path.parent.iterdir():
        each.chmod(0o644)
    other = Ledger(path)
    asyncio.run(other.put(_entry("new")))
    assert _modes(path) == dict.fromkeys(["", "-shm", "-wal", ".count"], 0o600)
    other.close()
    ledger.close()


def _modes(path: Path) -> dict[str, int]:
    files = sorted(path.parent.iterdir())
    return {each.name.removeprefix(path.name): each.stat().st_mode & 0o777 for each in files}


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="must be a file that can be read and written"):
        Ledger(tmp_path / "file" / "ledger.sqlite")


def test_a_reply_comes_back_as_it_was() -> None:
    reply = Reply(
        text='{"a": 1}',
        parsed={"a": 1},
        logprobs=(TokenLogprobs("a", -0.5, (("a", -0.5), ("b", -1.25))),),
        finish="length",
        refusal=Refusal("model_refusal", "message.refusal", "no"),
        usage=Usage(3, 4, 1, 2),
        price_usd=0.25,
        model="served",
        key="k",
    )
    request = ChatRequest("m", (), json_schema="{}")
    assert load(dump(reply), request, "k") == reply


_IDENTITY = Identity("openai", "m", "gpt")


@pytest.mark.parametrize(
    "changed",
    [
        ChatRequest("m", (Message("user", "r"),)),
        ChatRequest("m", (Message("system", "q"),)),
        ChatRequest("m", (Message("user", "q"),), temperature=0.1),
        ChatRequest("m", (Message("user", "q"),), top_p=0.9),
        ChatRequest("m", (Message("user", "q"),), max_tokens=1),
        ChatRequest("m", (Message("user", "q"),), seed=1),
        ChatRequest("m", (Message("user", "q"),), stop=("x",)),
        ChatRequest("m", (Message("user", "q"),), json_schema="{}"),
        ChatRequest("m", (Message("user", "q"),), top_logprobs=2),
        ChatRequest("m", (Message("user", "q"),), sample=1),
        ChatRequest("m", (Message("user", "q"),), edition="2026.12.0"),
    ],
    ids=str,
)
def test_whatever_changes_an_answer_changes_the_key(changed: ChatRequest) -> None:
    assert key_of(canonical(changed, _IDENTITY)) != key_of(canonical(_REQUEST, _IDENTITY))


def test_the_name_in_the_recipe_is_not_keyed_but_the_model_is() -> None:
    renamed = ChatRequest("other_name", (Message("user", "q"),))
    assert canonical(renamed, _IDENTITY) == canonical(_REQUEST, _IDENTITY)
    for other in (Identity("openai", "m", "gpt2"), Identity("openai", "n", "gpt")):
        assert canonical(_REQUEST, other) != canonical(_REQUEST, _IDENTITY)


def test_a_database_with_a_table_called_as_ours_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "songs.sqlite"
    with closing(sqlite3.connect(path)) as songs:
        songs.execute("create table replies (id integer primary key, song text)")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="a database of another program"):
        Ledger(path)
    with closing(sqlite3.connect(path)) as songs:
        assert [row[1] for row in songs.execute("pragma table_info(replies)")] == ["id", "song"]
    assert len(path.read_bytes()) == len(before)
