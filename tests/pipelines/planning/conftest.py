from __future__ import annotations

from tests.pipelines.sources.conftest import hub

__all__ = ["hub"]
