"""The recipe's gates, held against what the audit found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from artifacts.audit_facts import ANY_RULE, Audit, NearRepeats, QualityGateOutcome
from artifacts.config_names import same_config
from auditing import data, stages
from base.did_you_mean import did_you_mean
from base.formats import NONE, row_count, significant
from measures.balance import largest_to_smallest, normalised_entropy
from pipelines.errors import RecipeError
from pipelines.recipe.release import Gates


@dataclass(frozen=True, slots=True)
class _Found:
    """What a gate is held against.

    Attributes:
        value: The figure; None where there is nothing to measure.
        what: What it is and where, in words, without the figure.
        category: The scarcest category, for a gate on the balance.
    """

    value: float | None
    what: str
    category: str | None = None


_Measure = Callable[[Audit, str, bool], _Found]


def check_gates(
    gates: Gates, audit: Audit, *, with_releases: bool = False
) -> tuple[QualityGateOutcome, ...]:
    """Every gate that the recipe sets, in its order, once for each config that it names.

    A bound without a config is for the first one.

    Args:
        gates: The recipe's bounds.
        audit: What was found.
        with_releases: Whether near repeats of earlier releases count: where a recipe has no
            `mode`, its versions stand by themselves and may repeat each other.

    Raises:
        RecipeError: A gate names a config that the set does not have.
    """
    return tuple(_outcomes(gates, audit, with_releases))


def require_gates(outcomes: Sequence[QualityGateOutcome]) -> None:
    """Refuses a set of which a gate does not hold.

    Raises:
        GateBrokenError: One does not; the line names gate, bound, figure, place and who is to
            blame.
    """
    broken = [each for each in outcomes if not each.held]
    if not broken:
        return
    first, more = broken[0], len(broken) - 1
    others = f"; {more} more gate{'s' if more > 1 else ''} broken" if more else ""
    side = "at least" if first.gate.startswith("min_") else "at most"
    where = f" in {first.config}" if first.config else ""
    rule = f"gates.{first.gate} must be {side} {first.bound:g}{where}"
    raise data.GateBrokenError(rule, f"{first.says}{others}")


def _outcomes(gates: Gates, audit: Audit, with_releases: bool) -> Iterator[QualityGateOutcome]:
    for gate, measure in _BY_CONFIG.items():
        for config, bound in _bounds(gate, getattr(gates, gate), audit).items():
            yield _outcome(gate, bound, measure(audit, config, with_releases), audit, config)
    for gate, whole in _WHOLE.items():
        if (bound := getattr(gates, gate)) is not None:
            yield _outcome(gate, bound, whole(audit), audit, None)


def _bounds(gate: str, given: object, audit: Audit) -> Mapping[str, float]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        first = next(iter(audit.rows))
        return {first: float(str(given))}
    found: dict[str, float] = {}
    for said, bound in given.items():
        config = same_config(said, audit.rows)
        if config is None:
            rule = f"gates.{gate} must name configs of the set{did_you_mean(said, audit.rows)}"
            raise RecipeError(rule, said)
        found[config] = float(bound)
    return found


def _outcome(
    gate: str, bound: float, found: _Found, audit: Audit, config: str | None
) -> QualityGateOutcome:
    held = found.value is not None
    if found.value is not None:
        held = found.value >= bound if gate.startswith("min_") else found.value <= bound
    blame = stages.Blame(None, "")
    if found.category is not None and config is not None and not held:
        blame = stages.blamed(audit.stages, config, found.category)
    return QualityGateOutcome(
        gate=gate,
        bound=bound,
        value=found.value,
        held=held,
        config=config,
        stage=blame.stage,
        category=found.category,
        says=_sentence(found, blame),
    )


def _sentence(found: _Found, blame: stages.Blame) -> str:
    figure = significant(found.value, NONE, digits=4)
    to_blame = ""
    if blame.stage:
        to_blame = f"; stage {blame.stage}: {blame.says}"
    elif blame.says:
        to_blame = f"; {blame.says}"
    return f"{figure}: {found.what}{to_blame}"


def _counts(audit: Audit, config: str) -> dict[str, int]:
    """Rows by category; a category that is only imported is left out while it has none."""
    counts = _all_counts(audit, config)
    return {name: rows for name, rows in counts.items() if rows or name not in audit.exempt}


def _all_counts(audit: Audit, config: str) -> Mapping[str, int]:
    spread = next(
        (each for each in audit.spreads if (each.config, each.dimension) == (config, "category")),
        None,
    )
    return spread.counts if spread else {}


def _left_out(audit: Audit, config: str) -> str:
    """Which categories `_counts` leaves out, as the end of a sentence; "" for none."""
    counts = _counts(audit, config)
    empty = [name for name in _all_counts(audit, config) if name not in counts]
    if len(empty) == 1:
        return f", {empty[0]} left out as it has no row"
    return f", {len(empty):,} categories left out as they have no row" if empty else ""


def _least(audit: Audit, config: str, _: bool) -> _Found:
    counts = _counts(audit, config)
    if not counts:
        return _Found(None, f"{config} has no categories")
    scarce = _scarcest(counts)
    rows = "row" if counts[scarce] == 1 else "rows"
    what = f"{rows} of {scarce} in {config}{_left_out(audit, config)}"
    return _Found(float(counts[scarce]), what, scarce)


def _ratio(audit: Audit, config: str, _: bool) -> _Found:
    counts = _counts(audit, config)
    if not counts:
        return _Found(None, f"{config} has no categories")
    scarce, full = _scarcest(counts), max(counts, key=lambda name: counts[name])
    what = f"{full} ({row_count(counts[full])}) over {scarce} ({counts[scarce]:,}) in {config}"
    if not counts[scarce]:
        what = f"{scarce} has no row in {config}"
    return _Found(largest_to_smallest(counts), f"{what}{_left_out(audit, config)}", scarce)


def _entropy(audit: Audit, config: str, _: bool) -> _Found:
    counts = _counts(audit, config)
    if not counts:
        return _Found(None, f"{config} has no categories")
    scarce = _scarcest(counts)
    what = f"normalised entropy of {config}, {scarce} the scarcest ({row_count(counts[scarce])})"
    return _Found(normalised_entropy(counts), f"{what}{_left_out(audit, config)}", scarce)


def _openers(audit: Audit, config: str, _: bool) -> _Found:
    found = next((each for each in audit.diversity if each.config == config), None)
    if found is None:
        return _Found(None, f"{config} has no texts to measure")
    return _Found(found.opener_share, f"of {row_count(found.rows)} in {config} begin alike")


def _near(audit: Audit, config: str, with_releases: bool) -> _Found:
    """The worst share inside the config, against benchmarks, and against releases if asked."""
    scopes = {"inside", "benchmark"} | ({"release"} if with_releases else set())
    found = [each for each in audit.near if each.config == config and each.scope in scopes]
    shares = [(each.share, each) for each in found if each.share is not None]
    if not shares:
        return _Found(None, f"{config} has no texts to compare")
    share, worst = max(shares, key=lambda pair: pair[0])
    return _Found(share, f"{worst.near:,} of {row_count(worst.rows)} of {_near_what(worst)}")


def _near_what(found: NearRepeats) -> str:
    if found.scope == "inside":
        return f"{found.config} repeat an earlier one"
    return f"{found.config} are near to one of {found.against}"


def _rules(audit: Audit, config: str, _: bool) -> _Found:
    broken = [each for each in audit.rules if (each.config, each.rule) == (config, ANY_RULE)]
    if not broken or not broken[0].rows:
        return _Found(None, f"{config} has no texts that style rules are for")
    found = broken[0]
    share = found.broken / found.rows
    what = f"{found.broken:,} of {row_count(found.rows)} of {config} break a style rule"
    return _Found(share, what)


def _abstentions(audit: Audit) -> _Found:
    shares = [(each.abstained / each.votes, each) for each in audit.voters if each.votes]
    if not shares:
        return _Found(None, "there are no votes")
    share, worst = max(shares, key=lambda pair: pair[0])
    what = f"{worst.name} abstained from {worst.abstained:,} of {worst.votes:,} votes"
    return _Found(share, what)


def _agreement(audit: Audit) -> _Found:
    if audit.agreement is None:
        return _Found(None, "there are no two moderators")
    what = f"Krippendorff's alpha of the moderators on {audit.agreement.rows:,} rows"
    return _Found(audit.agreement.alpha, what)


def _scarcest(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda name: (counts[name], name))


_BY_CONFIG: Mapping[str, _Measure] = {
    "min_per_category": _least,
    "max_category_ratio": _ratio,
    "min_entropy": _entropy,
    "max_opener_share": _openers,
    "max_near_duplicates": _near,
    "max_rule_breaks": _rules,
}
_WHOLE: Mapping[str, Callable[[Audit], _Found]] = {
    "max_abstentions": _abstentions,
    "min_agreement": _agreement,
}
