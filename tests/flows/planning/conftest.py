from __future__ import annotations

from tests.flows.sources.conftest import hub

__all__ = ["hub"]
