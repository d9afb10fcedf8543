"""What a fine-grained set holds and lacks after rows of it were withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from artifacts.funnel import tally
from artifacts.mutation_facts import BASE, BaseFacts, MutationFacts, StyleFacts

WITHDRAWN = "withdrawn"
EARLIER = "missing_before"
"""Why cells are empty whose own reasons cannot be told apart any more: their rows' bases are gone,
and a release does not say which reason was whose."""


def recounted(
    found: MutationFacts, before: Mapping[str, pl.DataFrame], now: Mapping[str, pl.DataFrame]
) -> MutationFacts:
    """Rows and gaps by style, counted anew.

    Args:
        found: What the release held before.
        before: Its rows by config (SORRY_BENCH): each style is one.
        now: What is left of them.
    """
    names = {number: name for name, number in found.numbers.items()}
    bases = set(now[BASE]["question_id"])
    styles = tuple(
        _style(each, before[each.name], now[each.name], bases, names) if each.name in now else each
        for each in found.styles
    )
    gone = before[BASE].join(now[BASE], on="id", how="anti")
    return replace(found, styles=styles, base=_base(found.base, _by_name(gone, names)))


def _style(
    style: StyleFacts,
    before: pl.DataFrame,
    now: pl.DataFrame,
    bases: set[int],
    names: Mapping[str, str],
) -> StyleFacts:
    rows = _by_name(now, names)
    if style.name == BASE:
        return replace(style, rows=rows)
    # A gap is counted while its base row is there.
    gone = before.join(now, on="id", how="anti")
    alone = sum(number in bases for number in gone["question_id"])
    rest = len(bases) - now.height - alone
    missing = _fewer(style.missing, rest)
    if alone:
        missing[WITHDRAWN] = missing.get(WITHDRAWN, 0) + alone
    return replace(style, rows=rows, missing=missing)


def _fewer(missing: Mapping[str, int], rest: int) -> dict[str, int]:
    """The reasons of the gaps that are left."""
    if sum(missing.values()) == rest:
        return dict(missing)
    named = [reason for reason, count in missing.items() if count]
    return {named[0] if len(named) == 1 else EARLIER: rest} if rest > 0 else {}


def _base(base: BaseFacts, gone: Mapping[str, int]) -> BaseFacts:
    if not gone:
        return base
    known = base.counts.get(WITHDRAWN, {})
    names = {*known, *gone}
    counts = {name: known.get(name, 0) + gone.get(name, 0) for name in sorted(names)}
    return replace(base, counts={**base.counts, WITHDRAWN: counts})


def _by_name(rows: pl.DataFrame, names: Mapping[str, str]) -> dict[str, int]:
    counted = tally(rows["category"])
    return {names.get(number, number): count for number, count in counted.items()}
