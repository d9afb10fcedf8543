"""Whether a run's files and its provider's log tell one story: `python -m tests.chaos.auditor`.

It imports nothing of the project and asks nobody: it reads the ledger, the stage tables, the
release and what the provider wrote down of its calls, and works out anew what each must be. It
prints one line for each thing that does not fit, and exits with 1 where there is one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

Row: TypeAlias = dict[str, Any]
_SAME = ("root", "text", "category", "position", "parent")
_IN_FLIGHT = 64  # calls of a model that may be under way at once
_REFUSAL = "I'm sorry, but I can't help with that."


@dataclass(frozen=True)
class Log:
    """What the provider wrote down.

    Attributes:
        calls: One entry a call: `asked` (what tells requests apart), `said` (the text that was
            answered, or None where it was another answer), `whole` (whether it was sent to its
            end, unaltered), `model`, `fault` (its name, "" for none) and `free` (whether it was
            an answer that nobody bills).
        kills: How many times the run was killed.
    """

    calls: Sequence[Row]
    kills: int = 0
    said: Mapping[str, set[str | None]] = field(init=False)

    def __post_init__(self) -> None:
        """Sorts what was said by what was asked."""
        said: dict[str, set[str | None]] = defaultdict(set)
        for call in self.calls:
            said[call["asked"]].add(call["said"])
        object.__setattr__(self, "said", said)


@dataclass(frozen=True)
class Entry:
    """A reply of the ledger; `uncounted` where its server told no tokens that can be priced."""

    key: str
    request: Row
    text: str
    model: str
    uncounted: bool

    @property
    def asked(self) -> str:
        """What tells the request apart, as the provider's log has it."""
        request = self.request
        return asked_of(request["model"], request["messages"], request["seed"])

    @property
    def question(self) -> str:
        """All that was asked, as one text."""
        return "\n".join(content for _, content in self.request["messages"])


def asked_of(model: str, messages: Sequence[tuple[str, str]], seed: int | None) -> str:
    """What tells a request apart on its way: the model, the turns, the seed where it was sent."""
    turns = [content for _, content in sorted(messages, key=lambda turn: turn[0] != "system")]
    return hashlib.sha256(json.dumps([model, turns, seed]).encode()).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Audits one output folder; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("log", type=Path)
    given = parser.parse_args(arguments)
    found = list(audit(given.out, read_log(given.log)))
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def read_log(path: Path) -> Log:
    """What the provider wrote down in a file."""
    log = json.loads(path.read_text(encoding="utf-8"))
    return Log(log["calls"], log["kills"])


def audit(out: Path, log: Log) -> Iterator[str]:
    """Everything that does not fit."""
    entries = yield from _ledger(out / "ledger.sqlite", log)
    for run in sorted(out.glob("runs/*/*/run.json")):
        yield from _run(run.parent, entries)
    for manifest in sorted(out.glob("releases/*/*/manifest.json")):
        yield from _release(manifest.parent, out)


# The ledger against the log.


def _ledger(path: Path, log: Log) -> Generator[str, None, dict[str, Entry]]:
    entries: dict[str, Entry] = {}
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        rows = database.execute(
            "SELECT key, request, reply, model, output_tokens FROM replies"
        ).fetchall()
        bought = database.execute("SELECT count(*) FROM uses WHERE bought").fetchone()[0]
        held = dict(database.execute("SELECT model, count(*) FROM holds GROUP BY model"))
        sound = database.execute("PRAGMA integrity_check").fetchone()[0]
    if sound != "ok":
        yield f"ledger: {sound}"
    for key, request, reply, model, tokens in rows:
        entry = Entry(key, json.loads(request), json.loads(reply)["text"], model, not tokens)
        entries[key] = entry
        if hashlib.sha256(request).hexdigest() != key:
            yield f"ledger: reply {key[:12]} is stored under another key than its request's"
        said = log.said.get(entry.asked)
        if said is None:
            yield f"ledger: reply {key[:12]} answers what the provider was never asked"
        elif entry.text not in said and None not in said:
            yield f"ledger: reply {key[:12]} is not what the provider answered"
    if bought != len(rows):
        yield f"ledger: {len(rows)} replies are there, and {bought} were bought"
    yield from _bought_twice(log)
    yield from _reserved(held, entries, log)
    return entries


def _reserved(held: Mapping[str, int], entries: Mapping[str, Entry], log: Log) -> Iterator[str]:
    """What is still reserved belongs to calls that brought no reply and were not free.

    So are those of replies whose price nobody knows. A kill may strike where a reservation is made
    and its call is not sent yet.
    """
    names = {entry.request["model"]: entry.model for entry in entries.values()}
    lost = Counter(names.get(call["model"]) for call in log.calls if not call["free"])
    lost.subtract(entry.model for entry in entries.values() if not entry.uncounted)
    # A block that is told by a status, as a bad request is: free for all we know, and uncounted.
    free = {call["asked"] for call in log.calls if call["free"]}
    lost.update(each.model for each in entries.values() if each.uncounted and each.asked in free)
    for model, count in held.items():
        if count > lost[model] + log.kills * _IN_FLIGHT:
            yield f"ledger: {count} reservations of {model} are left, and {lost[model]} calls lost"


def _bought_twice(log: Log) -> Iterator[str]:
    """A kill may repeat the calls in flight, each once; nothing else may repeat an answer."""
    whole = Counter(call["asked"] for call in log.calls if call["whole"])
    for asked, times in whole.items():
        if times > 1 + log.kills:
            yield f"log: request {asked[:12]} was answered {times} times"


# The stages against each other and against the ledger.


@dataclass(frozen=True)
class Stage:
    """One stage's tables as lists of rows."""

    name: str
    kind: str
    inputs: Sequence[str]
    models: Sequence[str]
    tables: Mapping[str, list[Row]]

    @property
    def ends(self) -> list[Row]:
        """Rows with an end of their own."""
        return self.tables["kept"] + self.tables.get("dropped", [])


def _run(run: Path, entries: Mapping[str, Entry]) -> Iterator[str]:
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    stages: dict[str, Stage] = {}
    for said in record["stages"]:
        tables = yield from _tables(run / said["name"])
        stages[said["name"]] = Stage(
            said["name"], said["kind"], said["inputs"], said["models"], tables
        )
    for stage in stages.values():
        given = [row for name in stage.inputs for row in stages[name].tables["kept"]]
        if stage.inputs:
            yield from _edge(stage, given)
        yield from _reasons(stage)
        if "votes" in stage.tables:
            yield from _votes(stage, entries)
        if "answers" in stage.tables:
            yield from _answers(stage, entries)
        if "parents" in stage.tables:
            yield from _written(stage, given, entries)
    if "subsets" in stages and "panel" in stages:
        yield from _refusals(stages["subsets"], stages["panel"])


def _tables(folder: Path) -> Generator[str, None, dict[str, list[Row]]]:
    """The tables of a stage's shards, each file held against its record."""
    tables: dict[str, list[Row]] = defaultdict(list)
    records = sorted(folder.glob("shard-*.json"))
    if not records:
        yield f"{folder.name}: it has no shard"
    for path in records:
        record = json.loads(path.read_text(encoding="utf-8"))
        for table, file in record["files"].items():
            data = (folder / file["name"]).read_bytes()
            if hashlib.sha256(data).hexdigest() != file["sha256"]:
                yield f"{folder.name}: {file['name']} is not the file of its record"
            tables[table] += pl.read_parquet(data).to_dicts()
    return tables


def _edge(stage: Stage, given: Sequence[Row]) -> Iterator[str]:
    """Every row that enters leaves once, and as it was."""
    entered = Counter(row["row"] for row in given)
    rows = stage.tables["parents"] if stage.kind == "expand" else stage.ends
    left = Counter(row["row"] for row in rows)
    for name, which in (("lost", entered - left), ("made up", left - entered)):
        if which:
            yield f"{stage.name}: {which.total()} rows are {name}"
    if stage.tables.get("failed"):
        yield f"{stage.name}: {len(stage.tables['failed'])} rows are failed"
    if stage.kind == "expand":
        return
    before = {row["row"]: row for row in given}
    for row in stage.ends:
        one = before.get(row["row"], row)
        changed = [name for name in _SAME if name in one and one[name] != row[name]]
        if changed:
            yield f"{stage.name}: row {row['row']} has another {changed[0]} than it entered with"


def _reasons(stage: Stage) -> Iterator[str]:
    for row in stage.tables.get("dropped", []):
        if not row["reason"]:
            yield f"{stage.name}: row {row['row']} is dropped without a reason"


def _votes(stage: Stage, entries: Mapping[str, Entry]) -> Iterator[str]:
    """Each row has one vote of each moderator, and the label and counts that follow from them."""
    votes: dict[str, list[Row]] = defaultdict(list)
    for vote in stage.tables["votes"]:
        votes[vote["row"]].append(vote)
    for row in stage.ends:
        cast = votes.get(row["row"], [])
        if sorted(vote["model"] for vote in cast) != sorted(stage.models):
            yield f"{stage.name}: row {row['row']} has not one vote of each moderator"
        counts = Counter(vote["label"] for vote in cast)
        for label in ("safe", "toxic", "abstain"):
            if row[label] != counts[label]:
                yield f"{stage.name}: row {row['row']} counts {row[label]} votes {label}"
        if row["label"] != _majority(counts, len(stage.models)):
            yield f"{stage.name}: row {row['row']} is labelled {row['label']}"
        for vote in cast:
            yield from _vote(stage.name, row, vote, entries)


def _majority(counts: Mapping[str, int], voters: int) -> str:
    if 2 * counts["safe"] > voters:
        return "safe"
    return "toxic" if 2 * counts["toxic"] > voters else "undecided"


def _vote(name: str, row: Row, vote: Row, entries: Mapping[str, Entry]) -> Iterator[str]:
    """A vote is what a reply to a question about this very row says; none is made of nothing."""
    where = f"{name}: the vote of {vote['model']} on row {row['row']}"
    if vote["label"] == "abstain":
        return
    entry = entries.get(vote["key"])
    if entry is None:
        yield f"{where} comes from no reply"
        return
    if row["text"] not in entry.question:
        yield f"{where} answers another row"
    try:
        start = entry.text.index("{")
        said = json.JSONDecoder(strict=False).raw_decode(entry.text, start)[0]["toxic"]
    except (ValueError, KeyError, TypeError):
        yield f"{where} is {vote['label']}, and its reply cannot be read"
        return
    if (said in (True, "yes", "toxic", "unsafe")) != (vote["label"] == "toxic"):
        yield f"{where} is {vote['label']}, and its reply says otherwise"


def _answers(stage: Stage, entries: Mapping[str, Entry]) -> Iterator[str]:
    pairs = Counter((answer["row"], answer["model"]) for answer in stage.tables["answers"])
    for (row, model), times in pairs.items():
        if times > 1:
            yield f"{stage.name}: model {model} answers row {row} {times} times"
    texts = {row["row"]: row["text"] for row in stage.ends}
    for answer in stage.tables["answers"]:
        if answer["outcome"] != "answered":
            continue
        where = f"{stage.name}: the answer of {answer['model']} to row {answer['row']}"
        entry = entries.get(answer["key"])
        if entry is None:
            yield f"{where} comes from no reply"
            continue
        if texts.get(answer["row"], "") not in entry.question:
            yield f"{where} answers another row"
        if answer["text"] is not None and answer["text"] != entry.text:
            yield f"{where} is not its reply's"
        if answer["refusal_kind"] is None and answer["refused"] != (entry.text == _REFUSAL):
            yield f"{where} is judged to be what it is not"


def _written(stage: Stage, given: Sequence[Row], entries: Mapping[str, Entry]) -> Iterator[str]:
    """A text stands in a reply to a question about its own parent; children are counted right."""
    parents = {row["row"]: row for row in given}
    replies: dict[str, list[str]] = defaultdict(list)
    for entry in entries.values():
        for row in parents.values():
            if row["text"] in entry.question:
                replies[row["row"]].append(entry.text)
    for row in stage.ends:
        if row["parent"] not in parents:
            yield f"{stage.name}: row {row['row']} has no parent"
        elif not any(_holds(reply, row["text"]) for reply in replies[row["parent"]]):
            yield f"{stage.name}: row {row['row']} is in no answer about its parent"
    children = Counter(row["parent"] for row in stage.tables["kept"])
    for parent in stage.tables["parents"]:
        if parent["children"] != children[parent["row"]]:
            yield f"{stage.name}: {parent['row']} has not {parent['children']} children"


def _holds(reply: str, text: str) -> bool:
    return text in reply or json.dumps(text)[1:-1] in reply


def _refusals(subsets: Stage, panel: Stage) -> Iterator[str]:
    counted: Counter[str] = Counter()
    for answer in panel.tables["answers"]:
        counted[answer["row"]] += bool(answer["refused"])
    for row in subsets.ends:
        if (row["refusals"] or 0) != counted[row["row"]]:
            yield f"subsets: row {row['row']} counts {row['refusals']} refusals"


# The release against the tables.


def _release(release: Path, out: Path) -> Iterator[str]:
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    for config in manifest["configs"]:
        rows = yield from _released(release, config)
        tables = yield from _tables(out / "runs" / manifest["run"] / config["stage"])
        wanted = {
            row["row"]: row
            for row in tables["kept"]
            if all(row[name] == value for name, value in config["where"].items())
        }
        name = config["name"]
        if Counter(row["row"] for row in rows) != Counter(wanted.keys()):
            yield f"{name}: its rows are not those of {config['stage']}"
        for row in rows:
            one = wanted.get(row["row"])
            if one and _facts(one, "text") != _facts(row, "prompt"):
                yield f"{name}: row {row['row']} is not as {config['stage']} has it"
    card = manifest["card"]
    if hashlib.sha256((release / card["name"]).read_bytes()).hexdigest() != card["sha256"]:
        yield f"{release.name}: the card is not the manifest's"


def _released(release: Path, config: Row) -> Generator[str, None, list[Row]]:
    rows: list[Row] = []
    for file in config["files"]:
        data = (release / file["name"]).read_bytes()
        if hashlib.sha256(data).hexdigest() != file["sha256"]:
            yield f"{config['name']}: {file['name']} is not the file of the manifest"
        rows += pl.read_parquet(data).to_dicts()
    if len(rows) != config["rows"]:
        yield f"{config['name']}: it has {len(rows)} rows and not {config['rows']}"
    return rows


def _facts(row: Row, text: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in (text, "category", "root", "label", "refusals"))


if __name__ == "__main__":
    raise SystemExit(main())
