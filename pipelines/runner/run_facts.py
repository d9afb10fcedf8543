"""What every release says of its run: rows by stage, and what it cost."""

from collections.abc import Sequence

from artifacts.manifest import Cost, StageCost
from artifacts.schemas import LABELS
from artifacts.stage_tables import Edge, tally
from artifacts.verify.edges import check_run
from artifacts.views import View
from inference.accounts import Spend, total
from measures.balance import largest_to_smallest
from pipelines.errors import RunBrokenError
from pipelines.runner.run import Run


def funnel_of(run: Run) -> tuple[Edge, ...]:
    """The run's edges, all of which add up.

    Raises:
        RunBrokenError: One does not.
    """
    check = check_run(run.context.layout.run)
    if check.problems:
        more = f" and {len(check.problems) - 1} more" if len(check.problems) > 1 else ""
        raise RunBrokenError("every edge of a run must add up", f"{check.problems[0]}{more}")
    return check.edges


def cost_of(run: Run) -> Cost:
    """What the replies behind a run cost, those bought in earlier runs included."""
    spends = run.context.engine().spent(run.context.layout.run_name)
    spent = total(spends.values())
    by = tuple(
        StageCost(stage, model, each.replies, each.input_tokens, each.output_tokens, _usd(each))
        for (stage, model), each in spends.items()
    )
    return Cost(
        spent.replies, spent.input_tokens, spent.output_tokens, _usd(spent), spent.price_usd, by
    )


def balance_of(views: Sequence[View], categories: Sequence[str]) -> dict[str, float | None]:
    """By config, the largest category's rows over the smallest's; None where one has none."""
    counts = {view.config: tally(view.rows["category"]) for view in views}
    return {
        config: largest_to_smallest({**dict.fromkeys(categories, 0), **found})
        for config, found in counts.items()
    }


def levels_of(views: Sequence[View]) -> dict[str, dict[str, int]]:
    """Rows of the largest config by the level and form that their writer named.

    Args:
        views: The configs; only rows of which something is said are counted, and none of a release
            without these columns.
    """
    rows = max((view.rows for view in views), key=lambda rows: rows.height)
    if any(name not in rows.columns for name in LABELS):
        return {}
    said = rows.drop_nulls([*LABELS]).group_by(*LABELS).len().sort(*LABELS)
    found: dict[str, dict[str, int]] = {}
    for level, form, count in said.iter_rows():
        found.setdefault(str(level), {})[form] = count
    return found


def _usd(spend: Spend) -> float | None:
    return None if spend.unpriced else spend.price_usd
