"""How rows are spread over categories and styles, and what each stage did to it.

Tables hold counts and shares alone; a figure that was not measured is left blank.
"""

from collections.abc import Iterator, Sequence

from artifacts import summary
from artifacts.audit_facts import Audit, Spread, StageBalance
from artifacts.figures.figure import Figure, of_rows, slug
from artifacts.figures.forms import Bar, Stack, bars, cells, stacks
from artifacts.manifest import Manifest
from artifacts.summary import Cell, Table, ratio_words
from base.formats import EMPTY, NONE, decimal, plain_percent, rounded, row_count

_MANY = {"category": "categories", "domain": "domains", "style": "styles", "language": "languages"}


def figures(audit: Audit, manifest: Manifest | None) -> Iterator[Figure]:
    """Funnel, stages, each config's balance, coverage."""
    yield from funnel_figures(audit, manifest)
    yield from stage_figures(audit)
    yield from spread_figures(audit)
    yield from coverage_figures(audit)


def tables(audit: Audit) -> Iterator[Table]:
    """Each config's balance, and the stages that changed it."""
    yield _spreads_table(audit.spreads)
    yield _stages_table([each for each in audit.stages if each.before != each.after])


def _spreads_table(spreads: Sequence[Spread]) -> Table:
    header = ("config", "by", "rows", "values", "fewest", "entropy", "max / min", "from target")
    rows = tuple(
        (
            *(each.config, each.dimension, each.rows, len(each.counts)),
            *(_fewest(each), rounded(each.entropy), rounded(each.ratio), rounded(each.cramers_v)),
        )
        for each in spreads
    )
    return Table("Balance (from target: 0 is the wanted mix)", header, rows)


def _fewest(spread: Spread) -> str:
    if not spread.rows:
        return ""
    name = min(spread.counts, key=lambda value: (spread.counts[value], value))
    return f"{name} {spread.counts[name]:,}"


_MOST_CONFIGS = 5
"""Configs up to which each has a drawing of its own."""


def spread_figures(audit: Audit) -> Iterator[Figure]:
    """A bar for each value of each dimension, config by config; a language alone is none.

    Of a set of many styles the first config is drawn and the one that joins all; how many rows each
    style has of each category the grid of both says.
    """
    configs = [*audit.rows]
    left_out = set(configs[1:-1]) if len(configs) > _MOST_CONFIGS else set()
    for spread in audit.spreads:
        if spread.dimension in ("category", "domain") and spread.config in left_out:
            continue
        if spread.counts and (spread.dimension != "language" or len(spread.counts) > 1):
            yield _figure(spread)


def _figure(spread: Spread) -> Figure:
    key = slug("spread", spread.config, spread.dimension)
    even = spread.rows / len(spread.counts)
    rows = [Bar(name, count, f"{count:,}") for name, count in spread.counts.items()]
    mark = (even, "even") if len(rows) > 1 and even and spread.dimension != "language" else None
    return Figure(
        key=key,
        section="balance",
        title=f"{spread.config}: rows by {spread.dimension}",
        rests_on=of_rows(spread.rows),
        alt=_told(spread),
        svg=bars(rows, key, mark=mark),
        table=Table(
            f"{spread.config}: rows by {spread.dimension}",
            (spread.dimension, "rows", "share"),
            tuple(
                (
                    name,
                    count,
                    plain_percent(count / spread.rows if spread.rows else None, NONE),
                )
                for name, count in spread.counts.items()
            ),
        ),
        note=(
            f"Normalised entropy {decimal(spread.entropy, NONE)}; Cramér's V against the target"
            f" mix {decimal(spread.cramers_v, NONE)}; largest / smallest"
            f" {ratio_words(spread.ratio, spread.counts, NONE)}."
        ),
    )


def _told(spread: Spread) -> str:
    most = max(spread.counts, key=lambda name: spread.counts[name])
    least = min(spread.counts, key=lambda name: spread.counts[name])
    return (
        f"Bars of {len(spread.counts)} {_MANY[spread.dimension]}: the largest is {most} with"
        f" {row_count(spread.counts[most])}, the smallest {least} with {spread.counts[least]:,}."
    )


def coverage_figures(audit: Audit) -> Iterator[Figure]:
    """Rows by style and category; empty cells stand out."""
    coverage = audit.coverage
    if coverage is None or not coverage.counts or not coverage.categories:
        return
    styles, categories = tuple(coverage.counts), coverage.categories
    counts = {
        (category, style): coverage.counts[style].get(category, 0)
        for style in styles
        for category in categories
    }
    empty = sum(not count for count in counts.values())
    rows: list[tuple[Cell, ...]] = [
        (name, *(counts[name, style] for style in styles)) for name in categories
    ]
    yield Figure(
        key="coverage",
        section="balance",
        title="Rows by category and style",
        rests_on=of_rows(sum(counts.values())),
        alt=(
            f"A grid of {len(categories)} categories by {len(styles)} styles, darker for more"
            f" rows; {empty:,} of {len(counts):,} cells have no row."
        ),
        svg=cells(
            {at: (count or None, str(count) if count else EMPTY) for at, count in counts.items()},
            categories,
            styles,
            "coverage",
        ),
        table=Table("Rows by category and style", ("category", *styles), tuple(rows)),
        note="Nothing is padded: a dash is a cell without a row.",
    )


def stage_figures(audit: Audit) -> Iterator[Figure]:
    """Each category's share of all rows after each stage, so that the stage that skews shows."""
    if not audit.stages:
        return
    names = tuple(each.stage for each in audit.stages)
    shares = {
        (category, each.stage): _share(each, category)
        for each in audit.stages
        for category in _categories(audit)
    }
    rows = max(sum(each.after.values()) for each in audit.stages)
    yield Figure(
        key="stages",
        section="funnel",
        title="Each category's share of the rows after each stage",
        rests_on=f"n = {rows:,} kept rows at the widest stage",
        alt=_stage_text(audit.stages),
        svg=cells(
            {at: (share, plain_percent(share, places=0)) for at, share in shares.items()},
            _categories(audit),
            names,
            "stages",
        ),
        table=_stages_table(audit.stages),
        note="Read along a row: where a share falls, that stage costs its category most.",
    )


def _categories(audit: Audit) -> tuple[str, ...]:
    found = (name for each in audit.stages for name in (*each.before, *each.after))
    return tuple(dict.fromkeys((*audit.categories, *found)))


def _share(stage: StageBalance, category: str) -> float | None:
    kept = sum(stage.after.values())
    return stage.after.get(category, 0) / kept if kept else None


def _stage_text(stages: Sequence[StageBalance]) -> str:
    text = f"A grid of categories by {len(stages)} stages."
    moved = [each for each in stages if each.cramers_v is not None]
    if not moved:
        return text
    most = max(moved, key=lambda each: each.cramers_v or 0.0)
    worst = "" if most.worst is None else f", which keeps least of {most.worst}"
    return f"{text} The stage that moves the balance most is {most.stage}{worst}."


def _stages_table(stages: Sequence[StageBalance]) -> Table:
    header = ("stage", "in", "out", "entropy in", "entropy out", "by category", "kept least of", "")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(each.stage, sum(each.before.values()), sum(each.after.values())),
            *(rounded(each.entropy_before), rounded(each.entropy_after), rounded(each.cramers_v)),
            *(each.worst or "", plain_percent(each.worst_share)),
        )
        for each in stages
    )
    title = "Stages that changed the balance (by category: 0 is the same share of each)"
    return Table(title, header, rows)


_PARTS = ("kept", "dropped", "failed")


def funnel_figures(audit: Audit, manifest: Manifest | None) -> Iterator[Figure]:
    """Rows kept, dropped and failed by stage, from the manifest or else from the audit."""
    if manifest is not None and manifest.funnel:
        table = summary.funnel(manifest.funnel)
        rows = tuple(
            Stack(edge.stage, {"kept": edge.kept, "dropped": edge.dropped, "failed": edge.failed})
            for edge in manifest.funnel
        )
    elif audit.stages:
        table = _counted(audit)
        rows = tuple(Stack(str(name), {"kept": int(kept or 0)}) for name, _, kept in table.rows)
    else:
        return
    ends = [row.parts.get("kept", 0) for row in rows]
    yield Figure(
        key="funnel",
        section="funnel",
        title="Rows through the stages",
        rests_on=of_rows(max((sum(row.parts.values()) for row in rows), default=0))
        + " at the widest stage",
        alt=(
            f"Stacked bars, one for each of {len(rows)} stages: rows kept, dropped and failed. The"
            f" first stage keeps {row_count(ends[0])}, the last {ends[-1]:,}."
        ),
        svg=stacks(rows, _PARTS, "funnel", whole=False),
        table=table,
        note="A stage that writes (n children a parent) counts its texts; all others their rows.",
    )


def _counted(audit: Audit) -> Table:
    rows = (
        (each.stage, sum(each.before.values()), sum(each.after.values())) for each in audit.stages
    )
    return Table("Rows by stage", ("stage", "in", "kept"), tuple(rows))
