"""What a shard's record counts beside its rows: whom it asked, who refused, what failed again.

It stands in the record because whoever adds it up may be another process than the one that met it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from artifacts.records import ShardRecord, read_shard
from base.errors import ArtifactError
from base.storage import Storage
from inference.engine import Batch
from inference.programs import UNEXPECTED
from pipelines.runner.shards import failures, table_of

_ASKED = "asked "
_REFUSED = "refused "
_REPLIES, _CUT = "replies ", "cut "
_AGAIN = "failed again"
_MISSING = "missing unexpectedly"


def counts_of(batch: Batch[Any], again: int = 0) -> dict[str, int]:
    """What a batch adds to its shard's record.

    Args:
        batch: What was run.
        again: How many of its rows failed just as they did before.
    """
    counts = {f"{_ASKED}{model}": rows for model, rows in sorted(batch.asked.items())}
    counts |= {f"{_REFUSED}{model}": rows for model, rows in sorted(batch.refused.items())}
    for model, spend in sorted(batch.spends.items()):
        counts[f"{_REPLIES}{model}"] = spend.replies
        counts |= {f"{_CUT}{model}": spend.cut} if spend.cut else {}
    odd = {_AGAIN: again, _MISSING: batch.unexpected}
    return counts | {name: rows for name, rows in odd.items() if rows}


def asked_and_refused(records: Iterable[ShardRecord]) -> tuple[Counter[str], Counter[str]]:
    """Rows that asked each model, and those that its server refused."""
    return _counted(records, _ASKED, _REFUSED)


def replies_and_cut(records: Iterable[ShardRecord]) -> tuple[Counter[str], Counter[str]]:
    """Replies that were used of each model, and those of them that ended at the token limit.

    Records of the first edition count neither: such a model is in neither counter.
    """
    return _counted(records, _REPLIES, _CUT)


def _counted(
    records: Iterable[ShardRecord], first: str, second: str
) -> tuple[Counter[str], Counter[str]]:
    """Two things that records count by model."""
    ones: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for record in records:
        for name, count in record.counts.items():
            for counter, prefix in ((ones, first), (others, second)):
                if name.startswith(prefix):
                    counter[name.removeprefix(prefix)] += count
    return ones, others


def failed_again(records: Iterable[ShardRecord]) -> int:
    """Rows that failed twice by the same exception: another run would meet it too."""
    return sum(record.counts.get(_AGAIN, 0) for record in records)


def missing_unexpectedly(records: Iterable[ShardRecord]) -> int:
    """Rows with an answer that is missing, as reading it met what nobody foresaw."""
    return sum(record.counts.get(_MISSING, 0) for record in records)


def surprised(place: Storage, shard: int, shards: int) -> Mapping[str, str]:
    """The rows of a shard that met what nobody foresaw when it was made, with their reasons."""
    try:
        record = read_shard(place, shard, shards)
        if record is None or "failed" not in record.files or not failures(record):
            return {}
        failed = table_of(place, record, "failed")
        known = failed.filter(pl.col("reason").str.starts_with(UNEXPECTED))
    except (ArtifactError, OSError, pl.exceptions.PolarsError):
        return {}  # a table that cannot be read tells nothing of what went before
    return dict(zip(known["row"], known["reason"], strict=True))


def count_again(failed: pl.DataFrame, before: Mapping[str, str]) -> int:
    """How many rows failed by what they had failed by before."""
    pairs = zip(failed["row"], failed["reason"], strict=True)
    return sum(before.get(row) == reason for row, reason in pairs)
