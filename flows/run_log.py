"""Lines of a run for Prefect's interface: names, counts and times, never text.

What Prefect and other libraries log stays out of the server (`PREFECT_LOGGING_TO_API_ENABLED`),
since a traceback may quote a row; these lines alone are sent, whatever is set. They are not
printed: who looks on in a terminal has the progress.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from prefect.logging.handlers import APILogHandler, APILogWorker

from base.foreign_text import terminal_text
from pipelines.runner.jobs import JobResult

_TABLES = ("kept", "dropped", "failed")


class _Sender(APILogWorker):
    """Sends lines from a thread of its own; a server that is gone is said by the run, once."""

    async def _handle_batch(self, items: list[dict[str, Any]]) -> None:
        with suppress(Exception):
            await self._client.create_logs(items)


class _ToPrefect(APILogHandler):
    """Hands a line to the sender; one that cannot be sent ends no run."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            _Sender.instance().send(self.prepare(record))


def _logger() -> logging.Logger:
    logger = logging.getLogger("refusery.run")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers = [_ToPrefect()]
    return logger


_LOGGER = _logger()


def log_line(line: str, task_run: UUID | None = None) -> None:
    """Sends a line to the page of the flow run around it, and of a task run of it."""
    extra = {} if task_run is None else {"task_run_id": str(task_run)}
    _LOGGER.info("%s", terminal_text(line), extra=extra)


def stage_line(name: str, done: Sequence[JobResult], seconds: float) -> str:
    """What jobs of a stage left: rows by table, calls, seconds.

    Args:
        name: The stage's name, with the shard's where it is one.
        done: What its jobs left.
        seconds: How long they took.

    Example:
        `moderate-0 1/2: 115 kept, 3 dropped, 230 calls (40 from the ledger), 1.4 s`
    """
    rows = {
        table: sum(record.files[table].rows for each in done for record in each.records)
        for table in _TABLES
    }
    said = [f"{count:,} {table}" for table, count in rows.items() if count] or ["no rows"]
    replies, sent = sum(each.replies for each in done), sum(each.sent for each in done)
    if replies:
        stored = f" ({replies - sent:,} from the ledger)" if replies > sent else ""
        said.append(f"{replies:,} calls{stored}")
    if not any(each.fresh for each in done):
        said.append("finished before")
    return f"{name}: {', '.join((*said, f'{seconds:.1f} s'))}"
