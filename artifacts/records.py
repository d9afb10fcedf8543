"""What a run writes beside its tables: one record per shard, one for the whole run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from artifacts.release_files import name_problem, shown_name
from base.errors import RecordUnreadableError
from base.files import FileRecord, json_of, read_json, write_json
from base.storage import Storage, record_in

Kind = Literal["annotate", "expand", "select"]

RUN_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """One finished shard of a stage; written last, so that it vouches for its files.

    Attributes:
        stage: The stage's name.
        shard: The shard's number, from 0.
        shards: How many shards the stage has.
        fingerprint: Hash of all that the shard was made from.
        files: The shard's files by table (`kept`, `dropped`, `votes`, ...).
        counts: Whatever else was counted, by name.
        form: How the fingerprint was made. Records of 0.1.0 name none: theirs is the first.
    """

    stage: str
    shard: int
    shards: int
    fingerprint: str
    files: Mapping[str, FileRecord]
    counts: Mapping[str, int] = field(default_factory=dict)
    form: int = 1


@dataclass(frozen=True, slots=True, order=True)
class StageName:
    """What a stage is called, part by part: nobody takes its folder's name apart.

    Example:
        >>> str(StageName("rewrite", 1)), str(StageName("answers", data="safe", target="t1"))
        ('rewrite-1', 'answers.safe.t1')

    Attributes:
        stage: What it does: `rewrite`, `judged`.
        round: Which of its rounds, from 0; None for a stage that runs once.
        data: The data set that it is of, in an evaluation.
        target: The model that it asks or judges.
        setting: How that model is asked.
        judge: Who judges.
    """

    stage: str
    round: int | None = None
    data: str | None = None
    target: str | None = None
    setting: str | None = None
    judge: str | None = None

    def __str__(self) -> str:
        """Its folder's name."""
        numbered = self.stage if self.round is None else f"{self.stage}-{self.round}"
        parts = (numbered, self.data, self.target, self.setting, self.judge)
        return ".".join(part for part in parts if part is not None)

    @property
    def group(self) -> str:
        """What people read where all of a kind are shown as one: `judged by keyword`."""
        return self.stage if self.judge is None else f"{self.stage} by {self.judge}"

    def at(self, round_: int | None) -> "StageName":
        """The same stage in another round, or in none."""
        return replace(self, round=round_)


@dataclass(frozen=True, slots=True)
class StageEntry:
    """One stage as the run's record names it.

    Attributes:
        name: The stage's folder.
        kind: What it may do to its rows.
        inputs: The stages whose kept tables it reads; none for a source. The parents of an
            expand stage without inputs are its own.
        shards: How many shards it has; 1 for a whole-table select.
        models: The names of the models that vote on every row of it, or on every answer where
            it has `answers`.
        asked: The names under which answers are kept: of the panel, or of the rescue's answerer.
        called: Its name part by part; None in records of 0.1.0.
    """

    name: str
    kind: Kind
    inputs: tuple[str, ...]
    shards: int
    models: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    called: StageName | None = None

    @property
    def stage(self) -> str:
        """What it does, in whatever round."""
        return self.called.stage if self.called is not None else stage_of_folder(self.name)


def stage_of_folder(name: str) -> str:
    """What a stage of a record of 0.1.0 does: those had their folders' names alone (`dedup-1`)."""
    return name.partition("-")[0]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run: what it is of, and its stages in the order in which they ran.

    Attributes:
        recipe: The folder of its recipe's runs.
        benchmark: The benchmark.
        taxonomy: The taxonomy's name.
        version: The version of the release to come.
        shards: How many shards its stages have.
        stages: Its stages.
        name: The data set's name, where it is not the benchmark's.
    """

    recipe: str
    benchmark: str
    taxonomy: str
    version: str
    shards: int
    stages: tuple[StageEntry, ...]
    name: str = ""

    @property
    def data_set(self) -> str:
        """The data set that it builds a version of."""
        return self.name or self.benchmark


_SHARD = TypeAdapter(ShardRecord)
_RUN = TypeAdapter(RunRecord)


def shard_file(shard: int, shards: int) -> str:
    """The file name of a shard's record, such as `shard-00-of-04.json`."""
    return f"shard-{shard:02d}-of-{shards:02d}.json"


def write_shard(place: Storage, record: ShardRecord) -> None:
    """Writes a shard's record into its stage's place, durable and at once."""
    with place.writing(shard_file(record.shard, record.shards)) as file:
        file.write(json_of(record, _SHARD))


def read_shard(place: Storage, shard: int, shards: int) -> ShardRecord | None:
    """A shard's record, or None where the shard is not finished.

    Raises:
        RecordUnreadableError: There is a file, but it is no such record.
    """
    name = shard_file(shard, shards)
    if not place.exists(name):
        return None
    found = record_in(place, name, _SHARD)
    _require_plain([file.name for file in found.files.values()], name, place.name)
    return found


def write_run(folder: Path, record: RunRecord) -> None:
    """Writes the run's record into its folder, durable and at once."""
    write_json(folder / RUN_FILE, record, _RUN)


def read_run(folder: Path) -> RunRecord | None:
    """The run's record, or None for a folder that holds no run.

    Raises:
        RecordUnreadableError: There is a file, but it is no such record.
    """
    path = folder / RUN_FILE
    if not path.exists():
        return None
    try:
        found = read_json(path, _RUN)
    except RecordUnreadableError as error:
        rule = f"{error.rule}; a build of its recipe writes it anew"
        raise RecordUnreadableError(rule, error.value) from None
    _require_plain([entry.name for entry in found.stages], RUN_FILE, folder.name)
    return found


def run_if_readable(folder: Path) -> RunRecord | None:
    """The run's record; None for a folder without one, or with one that breaks off."""
    try:
        return read_run(folder)
    except RecordUnreadableError:
        return None


def _require_plain(names: Iterable[str], file: str, place: str) -> None:
    for name in names:
        if problem := name_problem(name, 1):
            raise RecordUnreadableError(f"a name in {file} of {place} {problem}", shown_name(name))
