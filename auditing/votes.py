"""How moderators voted, how far they agree, and how often targets refused."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from artifacts.audit_facts import Agreement, Audit, MainFigure, Pair, RefusalRate, Voter
from auditing.data import Material
from measures import intervals, raters

_READABLE = ("safe", "toxic")
_SAME = "with_label"


def measured(audit: Audit, material: Material) -> Audit:
    """The audit with votes and agreement of the moderators, and with refusals of the targets."""
    return replace(
        audit,
        voters=voters(material),
        agreement=agreement(material),
        refusals=refusals(material),
    )


def main_figures(audit: Audit) -> Iterator[MainFigure]:
    """Agreement and abstentions; refusals on the first config, as the others are drawn by them."""
    if audit.agreement is not None:
        name = "moderators' agreement (alpha)"
        yield MainFigure(name, None, audit.agreement.alpha, audit.agreement.rows)
    votes = sum(each.votes for each in audit.voters)
    if votes:
        share = sum(each.abstained for each in audit.voters) / votes
        yield MainFigure("abstentions", None, share, votes)
    first = next(iter(audit.rows), None)
    for rate in audit.refusals:
        if rate.config == first and rate.category is None:
            name = f"refusal rate of {rate.target}"
            yield MainFigure(name, rate.config, rate.rate, rate.verdicts, rate.interval)


def voters(material: Material) -> tuple[Voter, ...]:
    """How each moderator voted, by name."""
    beside = material.known.votes.join(
        material.known.labels, on="row", how="left", suffix="_of_row"
    )
    same = pl.col("label") == pl.col("label_of_row")
    decided = pl.col("label").is_in(_READABLE) & pl.col("label_of_row").is_in(_READABLE)
    counted = beside.group_by("model").agg(
        pl.len().alias("votes"),
        *((pl.col("label") == label).sum().alias(label) for label in (*_READABLE, "abstain")),
        same.filter(decided).mean().alias(_SAME),
    )
    return tuple(
        Voter(row["model"], row["votes"], row["safe"], row["toxic"], row["abstain"], row[_SAME])
        for row in counted.sort("model").iter_rows(named=True)
    )


def agreement(material: Material) -> Agreement | None:
    """How far the moderators agree, abstentions left out; None with fewer than two of them."""
    names = sorted(material.known.votes["model"].unique())
    if len(names) < 2:
        return None
    ratings = _ratings(material.known.votes, names)
    rated = sum(sum(vote is not None for vote in row) > 1 for row in ratings)
    pairs = raters.pairwise(ratings, names)
    return Agreement(
        rows=rated,
        alpha=raters.krippendorff_alpha(ratings),
        ac1=raters.gwet_ac1(ratings, _READABLE),
        pairs=tuple(
            Pair(each.first, each.second, each.n, each.observed, each.kappa) for each in pairs
        ),
    )


def refusals(material: Material) -> tuple[RefusalRate, ...]:
    """Refusal rates by config and target: over all categories, then for each with answers."""
    if not material.known.answers.height:
        return ()
    return tuple(_rates(material))


def _ratings(votes: pl.DataFrame, names: list[str]) -> list[tuple[str | None, ...]]:
    readable = pl.when(pl.col("label").is_in(_READABLE)).then(pl.col("label"))
    wide = votes.with_columns(readable).pivot(
        on="model", index="row", values="label", aggregate_function="first"
    )
    return wide.select(names).rows()


def _rates(material: Material) -> Iterator[RefusalRate]:
    for part in material.parts:
        if "row" not in part.rows.columns:
            continue
        own = material.known.answers.join(part.rows.select("row", "category"), on="row")
        for (target,), answers in own.group_by(["model"], maintain_order=True):
            yield _rate(part.name, str(target), None, answers)
            present = set(answers["category"])
            for category in material.categories:
                if category in present:
                    chosen = answers.filter(category=category)
                    yield _rate(part.name, str(target), category, chosen)


def _rate(config: str, target: str, category: str | None, answers: pl.DataFrame) -> RefusalRate:
    verdicts = answers["refused"].drop_nulls()
    refused = int(verdicts.sum())
    kinds = answers.filter("refused")["refusal_kind"].drop_nulls()
    return RefusalRate(
        config=config,
        target=target,
        category=category,
        asked=answers.height,
        verdicts=len(verdicts),
        refused=refused,
        blocked=int(kinds.str.starts_with("provider_").sum()),
        rate=refused / len(verdicts) if len(verdicts) else None,
        interval=intervals.wilson(refused, len(verdicts)),
    )
