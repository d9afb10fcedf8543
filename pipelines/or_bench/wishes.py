"""What further rounds of rewriting are wanted for: accepted rows of each category, and hard rows.

Who has brought too little in a round that asked for it is given up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import polars as pl

from artifacts.release_facts import RoundsEnd, RoundsFacts
from artifacts.stage_roles import MODERATE, PANEL, REWRITE
from pipelines.or_bench.hard_examples import shown_ids
from pipelines.or_bench.round_history import History, Round, Wish
from pipelines.or_bench.selection import accepted_in
from pipelines.recipe import OrBench
from pipelines.recipe.panel import Hard
from pipelines.runner.stage import Tables
from pipelines.versions.lineage import CARRIED

_COLUMNS = ("row", "category", "label", "sounds_risky")


def target_wishes(recipe: OrBench, tables: Tables, names: tuple[str, ...]) -> tuple[Wish, ...]:
    """`rewrite.target` of each category; none where the recipe has no target.

    Args:
        recipe: How many are wanted.
        tables: The finished stages, the clean seeds among them.
        names: The categories.
    """
    if recipe.rewrite.target is None:
        return ()
    return _of_target(recipe, names, _target_history(recipe, tables))


def hard_wishes(
    recipe: OrBench, tables: Tables, names: tuple[str, ...], carried: Mapping[str, int]
) -> tuple[Wish, ...]:
    """The hard rows that a recipe wants in rounds; none where nothing is known of hard rows yet.

    One wish for all categories, one for each that has a quota, or with the balance `cap` one for
    each: an even share of the size, and of what those who are given up leave.

    Args:
        recipe: How many are wanted.
        tables: The finished stages.
        names: The categories.
        carried: Hard rows by category of a release that is extended, as its own panel had them:
            they count until this version's panel has been asked.
    """
    part = recipe.hard
    if part is None or part.rounds is None:
        return ()
    if not tables.rounds(PANEL) and not tables.rounds(CARRIED):
        return ()
    return _of_hard(part, names, _hard_history(recipe, part, part.rounds, tables, carried))


def wanted_of_seeds(
    recipe: OrBench, tables: Tables, names: tuple[str, ...], carried: Mapping[str, int]
) -> frozenset[str]:
    """The categories of which a set that extends another lacks rows before anything is written.

    Args:
        recipe: How many are wanted.
        tables: The finished stages, the carried rows among them.
        names: The categories.
        carried: Hard rows by category of the release that is extended.
    """
    accepted, part = _accepted_carried(recipe, tables), recipe.hard
    before = History((), accepted, {*names}, 0.0, 0)
    wishes = [*(_of_target(recipe, names, before) if recipe.rewrite.target is not None else ())]
    if part is not None and part.rounds is not None:
        wishes += _of_hard(part, names, replace(before, carried=Counter[str](carried)))
    return frozenset(name for wish in wishes if wish.missing for name in wish.categories)


def _of_target(recipe: OrBench, names: tuple[str, ...], history: History) -> tuple[Wish, ...]:
    return history.wishes({(name,): recipe.rewrite.target or 0 for name in names})


def _of_hard(part: Hard, names: tuple[str, ...], history: History) -> tuple[Wish, ...]:
    if part.quota is not None:
        return history.wishes({(name,): count for name, count in part.quota.items()})
    size = part.wanted or 0
    if part.balance == "none":
        return history.wishes({names: size})
    return history.wishes({(name,): size for name in names}, size)


def still_wanted(
    recipe: OrBench, tables: Tables, names: tuple[str, ...], carried: Mapping[str, int]
) -> dict[str, int]:
    """Rows for which the next round rewrites seeds, by category; none where no round is wanted.

    Args:
        recipe: How many are wanted, and how many rounds it allows for which wish.
        tables: The finished stages.
        names: The categories.
        carried: Hard rows by category of a release that is extended.
    """
    done = sum(bool(_asked(tables, number)) for number in range(len(tables.rounds(MODERATE))))
    wishes: list[Wish] = []
    if done < recipe.rewrite.rounds:
        wishes += target_wishes(recipe, tables, names)
    if recipe.hard is not None and done < (recipe.hard.rounds or 0):
        wishes += hard_wishes(recipe, tables, names, carried)
    found: dict[str, int] = {}
    if not any(wish.is_open for wish in wishes):
        return found
    for wish in wishes:
        for name in wish.categories if wish.missing and not wish.dry else ():
            found[name] = max(found.get(name, 0), wish.missing)
    return found


def rounds_facts(
    recipe: OrBench, tables: Tables, names: tuple[str, ...], unpaid: bool
) -> Iterator[RoundsFacts]:
    """How the rounds of a finished run ended, for each part of the recipe that asks for them.

    Args:
        recipe: What was wanted.
        tables: The finished stages.
        names: The categories.
        unpaid: Whether a round was given up as there was no money left for it.
    """
    hard = recipe.hard
    if hard is not None and hard.rounds is not None:
        history = _hard_history(recipe, hard, hard.rounds, tables, {})
        wishes, wanted = _of_hard(hard, names, history), hard.wanted or 0
        found = history.rows if hard.quota is None else _held(wishes)
        facts = _facts(history, wishes, unpaid, found >= wanted)
        shown = shown_ids(tables)
        yield replace(facts, wish="hard", wanted=wanted, found=found, shown=shown)
    if recipe.rewrite.target is not None:
        history = _target_history(recipe, tables)
        wishes = _of_target(recipe, names, history)
        facts = _facts(history, wishes, unpaid, not any(wish.missing for wish in wishes))
        wanted = recipe.rewrite.target * len(names)
        yield replace(facts, wish="rewrite.target", wanted=wanted, found=_held(wishes))


def _facts(history: History, wishes: Sequence[Wish], unpaid: bool, is_held: bool) -> RoundsFacts:
    """How wishes that belong together ended: all rows may be there though one was given up.

    A round that was not paid ends those alone who had one left.
    """
    unpaid = unpaid and history.made < history.most
    ended: RoundsEnd = "full" if is_held else "yield"
    if any(wish.is_open for wish in wishes):
        ended = "budget" if unpaid else "rounds"
    single = [wish for wish in wishes if len(wish.categories) == 1]
    return RoundsFacts(
        wish="",
        wanted=0,
        found=0,
        rounds=history.made,
        most=history.most,
        ended=ended,
        min_yield=history.least,
        last_yield=history.last_yield,
        categories={wish.categories[0]: wish.ended(unpaid) for wish in single},
    )


def _held(wishes: Iterable[Wish]) -> int:
    return sum(min(wish.rows, wish.wanted) for wish in wishes)


def _target_history(recipe: OrBench, tables: Tables) -> History:
    """The rounds by the accepted rows that each left."""
    part, accepted = recipe.rewrite, accepted_in(recipe.moderate.requires_risky)
    rounds = _rounds(tables, MODERATE, accepted, ())
    carried = _accepted_carried(recipe, tables)
    return History(rounds, carried, _seeded(tables), part.least_yield, part.rounds)


def _accepted_carried(recipe: OrBench, tables: Tables) -> Counter[str]:
    accepted = accepted_in(recipe.moderate.requires_risky)
    return Counter(
        name
        for stage in tables.rounds(CARRIED)
        for name in tables.kept(stage, _COLUMNS).filter(accepted)["category"]
    )


def _hard_history(
    recipe: OrBench, part: Hard, most: int, tables: Tables, carried: Mapping[str, int]
) -> History:
    """The rounds by the hard rows that each left."""
    hard = accepted_in(recipe.moderate.requires_risky) & pl.col("hard").eq("hard")
    rows = [row for stage in tables.rounds(CARRIED) for row in tables.kept(stage, ["row"])["row"]]
    rounds, now = _rounds(tables, PANEL, hard, rows), Counter[str](carried)
    if panels := tables.rounds(PANEL):
        found = tables.kept(panels[-1], (*_COLUMNS, "hard")).filter(hard)
        now = Counter[str](found.filter(pl.col("row").is_in(rows))["category"])
    return History(rounds, now, _seeded(tables), part.least_yield, most)


def _rounds(tables: Tables, decides: str, counts: pl.Expr, carried: Sequence[str]) -> list[Round]:
    """What the finished rounds wrote, and how many rows of their own counted after each."""
    columns = [*_COLUMNS, "hard"] if decides == PANEL else [*_COLUMNS]
    rounds: list[Round] = []
    pairs = zip(tables.rounds(REWRITE), tables.rounds(decides), strict=False)
    for number, (wrote, decided) in enumerate(pairs):
        written = Counter[str](tables.kept(wrote, ["category"])["category"])
        rows = tables.kept(decided, columns).filter(counts)
        own = rows.filter(~pl.col("row").is_in(list(carried)))
        rounds.append(Round(_asked(tables, number), written, Counter(own["category"])))
    return rounds


def _asked(tables: Tables, number: int) -> AbstractSet[str]:
    """The categories whose seeds a round rewrote."""
    topups = {name.round: name for name in tables.rounds("topup")}
    return {*tables.kept(topups.get(number, "clean_seeds"), ["category"])["category"]}


def _seeded(tables: Tables) -> AbstractSet[str]:
    return {*tables.kept("clean_seeds", ["category"])["category"]}
