"""Near repeats: inside configs, across them, against earlier releases and named benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from artifacts.audit_facts import Audit, NearRepeats, Scope
from artifacts.figures.figure import NOTHING, Figure, of_rows, slug
from artifacts.figures.forms.bars import Bar, bars
from artifacts.summary import Table

_TITLES: dict[Scope, str] = {
    "inside": "Near repeats inside a config",
    "across": "Near repeats across configs",
    "release": "Near repeats of earlier releases",
    "benchmark": "Near repeats of other benchmarks",
}
_PAIRS = 20


def near_figures(audit: Audit) -> Iterator[Figure]:
    """Shares of rows with a near row by scope, and the nearest pairs by their ids."""
    for scope, title in _TITLES.items():
        found = [each for each in audit.near if each.scope == scope]
        if found:
            yield _figure(title, scope, found)


def _figure(title: str, scope: Scope, found: Sequence[NearRepeats]) -> Figure:
    key = slug("near", scope)
    drawn = [Bar(_name(each), each.share, _share(each)) for each in found]
    most = max(found, key=lambda each: each.share or 0.0)
    cosines = ", ".join(sorted({f"{each.threshold:.2f}" for each in found}))
    return Figure(
        key=key,
        section="repeats",
        title=title,
        rests_on=of_rows(sum(each.rows for each in found)) + " compared",
        alt=f"Bars of shares. The largest is {_name(most)} with {_share(most)}.",
        svg=bars(drawn, key, least=0.05),
        table=_table(title, found),
        note=f"Near is a cosine of {cosines} or more. {_nearest(found)}".strip(),
    )


def _name(each: NearRepeats) -> str:
    return each.config if each.scope == "inside" else f"{each.config} / {each.against}"


def _share(each: NearRepeats) -> str:
    return NOTHING if each.share is None else f"{each.share:.2%} ({each.near:,})"


def _table(title: str, found: Sequence[NearRepeats]) -> Table:
    rows = (
        (each.config, each.against, each.rows, each.near, _share(each), each.threshold)
        for each in found
    )
    header = ("config", "against", "rows", "near", "share", "cosine from")
    return Table(title, header, tuple(rows))


def _nearest(found: Sequence[NearRepeats]) -> str:
    pairs = sorted((pair for each in found for pair in each.pairs), key=lambda pair: -pair.score)
    shown = (f"{pair.id} and {pair.other} ({pair.score:.2f})" for pair in pairs[:_PAIRS])
    listed = ", ".join(shown)
    return f"Nearest pairs: {listed}." if listed else ""
