"""What each stage of a run did to the balance of categories, and which one starved a category."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from artifacts.audit_facts import StageBalance
from artifacts.stage_roles import DECIDES, SETS_UP
from artifacts.stage_tables import Edge
from artifacts.views import Value
from base.formats import row_count
from measures.balance import cramers_v, normalised_entropy

DRAWS = " -> "
"""Between the stage that decides which rows are in a config, and the config."""

_AMONG_THE_FIRST = "in_hard"
"""The column by which a config is drawn from the rows of the first one, not from all rows."""


@dataclass(frozen=True, slots=True)
class Blame:
    """The stage at which a category lost most against the others.

    Attributes:
        stage: The stage, or `moderate-0 + rescue` where both set the label; None where no stage is
            known.
        says: What it did, in words.
    """

    stage: str | None
    says: str


def stage_balances(
    funnel: Sequence[Edge],
    configs: Iterable[tuple[str, str | None, Mapping[str, Value], Mapping[str, int]]],
    categories: Sequence[str],
    entered: Mapping[str, Mapping[str, int]] | None = None,
) -> tuple[StageBalance, ...]:
    """The balance before and after every stage that released rows went through, then by config.

    What enters a stage is what its inputs kept; what a source was given is in its own tables alone.

    Args:
        funnel: The run's edges, in order.
        configs: Each config's name, stage, condition and rows by category.
        categories: The taxonomy's categories.
        entered: By stage, rows by category that entered it, where its tables say so.
    """
    drawn = list(configs)
    edges = {edge.stage: edge for edge in funnel}
    path = _path(edges, (stage for _, stage, _, _ in drawn if stage))
    found = [
        _balance(edge, edges, categories, (entered or {}).get(edge.stage))
        for edge in funnel
        if edge.stage in path and edge.base not in SETS_UP
    ]
    first = drawn[0][3] if drawn else {}
    for name, stage, where, counts in drawn:
        if where and stage in edges:
            whole = first if _AMONG_THE_FIRST in where else edges[stage].categories
            before, decider = _before_draw(where, edges[stage], whole, path, edges)
            selects = "prompt_style" not in where
            label = f"{decider}{DRAWS}{name}"
            found.append(_between(label, before, counts, categories, selects))
    return tuple(found)


def blamed(balances: Sequence[StageBalance], config: str, category: str) -> Blame:
    """The stage at which a category's share fell most against the others', on a config's way.

    Args:
        balances: What each stage did.
        config: The config in which the category is scarce.
        category: The category.
    """
    path = _way(balances, config)
    if not path:
        return Blame(None, "the run's stages are not known")
    losses = [(_odds(each, category), each) for each in path]
    falls = [(odds, each) for odds, each in losses if odds is not None and odds < 1]
    if not falls:
        source = path[0]
        rows = source.after.get(category, 0)
        return Blame(source.stage, f"it was scarce from the start ({row_count(rows)})")
    _, worst = min(falls, key=lambda fall: fall[0])
    before, after = worst.before.get(category, 0), worst.after.get(category, 0)
    rest = sum(worst.before.values()) - before, sum(worst.after.values()) - after
    stage = worst.stage.partition(DRAWS)[0]
    return Blame(
        stage,
        f"of its {before:,} rows {after:,} were left there, of the others' {rest[0]:,} {rest[1]:,}",
    )


def _path(edges: Mapping[str, Edge], ends: Iterable[str]) -> set[str]:
    """The stages that the rows of these stages came through."""
    found: set[str] = set()
    waiting = [*ends]
    while waiting:
        stage = waiting.pop()
        if stage in edges and stage not in found:
            found.add(stage)
            waiting.extend(edges[stage].inputs)
    return found


def _balance(
    edge: Edge,
    edges: Mapping[str, Edge],
    categories: Sequence[str],
    entered: Mapping[str, int] | None,
) -> StageBalance:
    before = dict(entered) if entered is not None else _entering(edge, edges)
    selects = edge.kind == "select" or not edge.inputs
    return _between(edge.stage, before, edge.categories, categories, selects)


def _entering(edge: Edge, edges: Mapping[str, Edge]) -> dict[str, int]:
    """Rows by category that a stage's inputs kept; a source's own rows."""
    if not edge.inputs:
        return dict(edge.categories)
    return _summed(edges[name].categories for name in edge.inputs if name in edges)


def _before_draw(
    where: Mapping[str, Value],
    last: Edge,
    whole: Mapping[str, int],
    path: set[str],
    edges: Mapping[str, Edge],
) -> tuple[Mapping[str, int], str]:
    """Rows by category that a config is drawn from, and the stages that decide which are in it.

    A config of one prompt style is not drawn from all styles: it is held against the base set.
    """
    style = where.get("prompt_style")
    if style is not None:
        return _base(last, edges), _maker(str(style), last, edges)
    return whole, _decider(where, last.stage, path, edges)


def _base(last: Edge, edges: Mapping[str, Edge]) -> dict[str, int]:
    """Rows by category of the base set: the first input of the stage that collects all styles."""
    first = next((edges[name] for name in last.inputs if name in edges), last)
    return dict(first.categories)


def _maker(style: str, last: Edge, edges: Mapping[str, Edge]) -> str:
    inputs = [name for name in last.inputs if name in edges] or [last.stage]
    return inputs[0] if style == "base" else inputs[-1]


def _decider(
    where: Mapping[str, Value], last: str, path: set[str], edges: Mapping[str, Edge]
) -> str:
    """The stages that set what a config is drawn by, the last of each kind."""
    names = {name for column in where for name in DECIDES.get(column, ())}
    own = {
        edge.base: stage for stage, edge in edges.items() if stage in path and edge.base in names
    }
    return " + ".join(own.values()) or last


def _between(
    stage: str,
    before: Mapping[str, int],
    after: Mapping[str, int],
    categories: Sequence[str],
    selects: bool,
) -> StageBalance:
    first, last = _full(before, categories), _full(after, categories)
    lost = {name: max(count - last.get(name, 0), 0) for name, count in first.items()}
    shares = {name: last.get(name, 0) / count for name, count in first.items() if count}
    worst = min(shares, key=lambda name: (shares[name], name), default=None)
    table = [(last.get(name, 0), lost[name]) for name in first]
    return StageBalance(
        stage=stage,
        before=first,
        after=last,
        entropy_before=normalised_entropy(first),
        entropy_after=normalised_entropy(last),
        cramers_v=cramers_v(table) if selects else None,
        worst=worst,
        worst_share=shares[worst] if worst is not None else None,
    )


def _odds(balance: StageBalance, category: str) -> float | None:
    """What a stage left of a category over what it left of the others; None without any before."""
    before, after = balance.before.get(category, 0), balance.after.get(category, 0)
    rest_before = sum(balance.before.values()) - before
    rest_after = sum(balance.after.values()) - after
    if not before or not rest_before or not rest_after:
        return None
    return (after / before) / (rest_after / rest_before)


def _way(balances: Sequence[StageBalance], config: str) -> list[StageBalance]:
    """The stages that a config's rows came through, in order, and the draw that made it last.

    A config is drawn from what a stage kept, or from what another draw left: whichever has the
    rows by category that the draw began with. A config without a draw is all that there is.
    """
    stages = [each for each in balances if DRAWS not in each.stage]
    draws = [each for each in balances if DRAWS in each.stage]
    own = next((each for each in draws if each.stage.endswith(f"{DRAWS}{config}")), None)
    if own is None:
        return stages
    for place in range(len(stages), 0, -1):
        if stages[place - 1].after == own.before:
            return [*stages[:place], own]
    for draw in draws:
        if draw is not own and draw.after == own.before:
            return [*stages, draw, own]
    return [*stages, own]


def _full(counts: Mapping[str, int], categories: Sequence[str]) -> dict[str, int]:
    return {**dict.fromkeys(categories, 0), **counts}


def _summed(all_counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for counts in all_counts:
        for name, count in counts.items():
            total[name] = total.get(name, 0) + count
    return total
