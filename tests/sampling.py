"""Of many cases that are alike, quick tests try some and slow ones the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest


def some(cases: Sequence[Any], every: int) -> list[Any]:
    """All cases for `parametrize`, of which every so manieth is quick, beginning with the first."""
    return marked(cases, lambda case: cases.index(case) % every == 0)


def marked(cases: Iterable[Any], is_quick: Callable[[Any], bool]) -> list[Any]:
    """All cases for `parametrize`; those that are not quick are marked as slow."""
    return [case if is_quick(case) else _slow(case) for case in cases]


def _slow(case: Any) -> Any:  # noqa: ANN401 - whatever a test takes
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.slow)
