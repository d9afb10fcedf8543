"""Where things lie below `out/`, and which rows share a shard."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from artifacts.tables import table_name

_ROWS_PER_SHARD = 250
_MOST_SHARDS = 1024


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one run.

    Attributes:
        out: The output folder; the ledger and the embeddings in it are shared by all recipes.
        recipe: The recipe's name.
        benchmark: The benchmark it builds.
        version: The release version that the run is for.
    """

    out: Path
    recipe: str
    benchmark: str
    version: str

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.out / "ledger.sqlite"

    @property
    def embeddings(self) -> Path:
        """Cached embeddings by encoder identity."""
        return self.out / "embeddings"

    @property
    def run(self) -> Path:
        """Stage tables of this recipe and version."""
        return self.out / "runs" / self.recipe / self.version

    @property
    def run_name(self) -> str:
        """The run's name in the ledger and in manifests: its folder below all runs."""
        return f"{self.recipe}/{self.version}"

    @property
    def release(self) -> Path:
        """The release of this version."""
        return self.out / "releases" / self.benchmark / self.version

    def table(self, stage: str, table: str, shard: int, shards: int) -> Path:
        """One shard of one table of a stage."""
        return self.run / stage / table_name(table, shard, shards)


def shard_of(root: str, shards: int) -> int:
    """The shard of a family: a hash of its root, so that one changed seed touches one shard."""
    digest = hashlib.sha256(root.encode()).digest()
    return int.from_bytes(digest[:8]) % shards


def shards_for(widest_rows: int) -> int:
    """Number of shards: the power of two that gives 100-500 rows each at the widest stage."""
    shards = 1
    while shards < _MOST_SHARDS and widest_rows / shards > 2 * _ROWS_PER_SHARD:
        shards *= 2
    return shards
