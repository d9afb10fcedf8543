"""Everything that reads a file or a header of somebody else, as functions of bytes or text."""

from __future__ import annotations

import functools
import io
import json
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from artifacts.manifest import MANIFEST, read_manifest
from artifacts.records import RUN_FILE, read_run
from artifacts.user_tables import read_any_table, read_user_table
from inference import ledger_schema
from inference.limits.headers import read as read_headers
from inference.providers.failures import error_field, retry_after
from inference.types import ChatRequest, Reply
from people.answer_review import answers_export, read_key
from people.release_review import release_draw
from people.sheet import parsed_mark
from people.spreadsheet import read_cells
from pipelines.recipe.loading import load as load_recipe
from pipelines.recipe.loading import read_value
from pipelines.sources.human_ratings import json_records

ROOT = Path(__file__).parents[2]
REQUEST = ChatRequest("m", (), json_schema="{}")
STORED: Mapping[str, Any] = {
    "text": "a",
    "finish": "stop",
    "refusal": {"kind": "model_refusal", "source": "message", "raw": ""},
    "usage": {"input_tokens": 1, "output_tokens": 1, "cached_tokens": 0, "reasoning_tokens": 0},
    "price_usd": None,
    "model": "m",
    "logprobs": [["a", -0.1, [["b", -1.0]]]],
}
"""A reply as the ledger stores it."""
_MANIFEST = {"format": 1, "benchmark": "b", "version": "2026.11.0", "files": [], "shards": 1}

Reader = Callable[[Path, bytes], object]


def _reads(name: str, read: Callable[[Path], object]) -> Reader:
    def reader(folder: Path, data: bytes) -> object:
        path = folder / name
        path.write_bytes(data)
        return read(path)

    return reader


def _records(path: Path) -> int:
    return sum(1 for _ in json_records(path))


FILES: Mapping[str, Reader] = {
    "recipe": _reads("recipe.yaml", load_recipe),
    "csv": _reads("table.csv", read_user_table),
    "jsonl": _reads("table.jsonl", read_any_table),
    "parquet": _reads("table.parquet", read_any_table),
    "review sheet": _reads("sheet.csv", lambda path: read_cells(path, ("id", "label"))),
    "review key": _reads("key.json", read_key),
    "manifest": _reads(MANIFEST, lambda path: read_manifest(path.parent)),
    "run": _reads(RUN_FILE, lambda path: read_run(path.parent)),
    "ratings": _reads("ratings.jsonl", _records),
    "error body": lambda folder, data: error_field(data),
}
"""By kind, what reads the bytes of a file that is called as such a file is."""


@functools.cache
def whole(kind: str) -> bytes:
    """A file of a kind that is near to a good one, to be spoilt."""
    texts = {
        "csv": 'id,prompt,category\n1,How do I open a safe?,illegal\n2,"a\nb",none\n',
        "jsonl": '{"prompt": "How?", "n": 1}\n{"prompt": "Why?", "n": null}\n',
        "review sheet": 'id;label;note\r\nr-1;safe;\r\nr-2;"\'=x";note\r\n',
        "review key": json.dumps({"format": 1, "salt": "a" * 16, "answers": []}),
        "manifest": json.dumps(_MANIFEST),
        "run": json.dumps({"recipe": "r", "benchmark": "b", "stages": []}),
        "ratings": '{"question_id": 1, "choices": [{"turns": ["a"]}]}\n',
        "error body": '{"error": {"message": "no", "code": "x"}}',
    }
    if kind == "recipe":
        return (ROOT / "recipes" / "or_bench.embedded.yaml").read_bytes()
    if kind == "parquet":
        return _parquet()
    return texts[kind].encode()


def _parquet() -> bytes:
    file = io.BytesIO()
    pl.DataFrame({"prompt": ["How?", "Why?"], "n": [1, None]}).write_parquet(file)
    return file.getvalue()


def ledger_row(stored: bytes) -> Reply | None:
    """The reply in a stored value; None where it is damaged."""
    return ledger_schema.readable(stored, REQUEST, "k" * 64)


_HEADERS = (
    *("retry-after", "retry-after-ms", "date", "x-ratelimit-remaining-requests"),
    *("x-ratelimit-limit-requests", "x-ratelimit-reset-requests", "x-ratelimit-remaining-tokens"),
    *("x-ratelimit-limit-tokens", "x-ratelimit-reset-tokens", "content-type"),
    *("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    *("anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-reset"),
)


def headers(values: Iterable[str]) -> dict[str, str]:
    """Headers that are read, with these values one after the other."""
    return dict(zip(_HEADERS, values, strict=False))


def read_all_headers(given: Mapping[str, str]) -> None:
    """Has a server's headers read as its limits and its waiting times."""
    list(read_headers(given, time.time()))
    retry_after(given)
    retry_after(given, 0.0)


CELLS: Mapping[str, Callable[[str], object]] = {
    "value of --set": read_value,
    "draw of a release": release_draw,
    "export of answers": answers_export,
    "mark of a sheet": lambda cell: parsed_mark(cell, answers_export),
}
"""By kind, what reads one short text."""
