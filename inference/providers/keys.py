"""API keys: read from the environment when a model is first asked, kept nowhere else."""

from __future__ import annotations

import os

from inference.errors import KeyMissing
from inference.models import ModelSpec


def api_key(spec: ModelSpec, public: str) -> str | None:
    """The key of a model's server; None where it wants none.

    Args:
        spec: The model; a server of its own (`base_url`) wants a key only where `key_env` is given.
        public: The variable that the provider's public API is known by.

    Raises:
        KeyMissing: The variable is not set.
    """
    variable = spec.key_env or (public if spec.base_url is None else None)
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise KeyMissing(f"model `{spec.name}` needs its key in the environment", f"no {variable}")
    return key
