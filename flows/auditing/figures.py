"""The audit's main figures, for manifest and card."""

from __future__ import annotations

from collections.abc import Iterator

from artifacts.audit_facts import Audit, MainFigure
from flows.auditing.texts import ANY_RULE


def main_figures(audit: Audit) -> tuple[MainFigure, ...]:
    """A dozen figures that say how good a set is; each names the rows that it rests on.

    Of a mutated set's many configs the first speaks for all. No figure holds prompt text.
    """
    found = (
        *(*_balance(audit), *_repeats(audit), *_texts(audit)),
        *(*_votes(audit), *_refusals(audit)),
    )
    if audit.coverage is None:
        return found
    first = next(iter(audit.rows), None)
    return tuple(each for each in found if each.config in (None, first))


def _balance(audit: Audit) -> Iterator[MainFigure]:
    for each in audit.spreads:
        if each.dimension == "category":
            yield MainFigure("entropy of categories", each.config, each.entropy, each.rows)
            yield MainFigure("largest / smallest category", each.config, each.ratio, each.rows)


def _repeats(audit: Audit) -> Iterator[MainFigure]:
    for each in audit.near:
        if each.scope == "inside":
            yield MainFigure("near repeats", each.config, each.share, each.rows)
        elif each.scope in ("release", "benchmark"):
            name = f"near repeats of {each.against}"
            yield MainFigure(name, each.config, each.share, each.rows)


def _texts(audit: Audit) -> Iterator[MainFigure]:
    for each in audit.diversity:
        name = "most frequent opening"
        yield MainFigure(name, each.config, each.opener_share, each.rows)
        yield MainFigure("self-BLEU", each.config, each.self_bleu, each.sample)
        yield MainFigure("Vendi score", each.config, each.vendi, each.sample)
    for rule in audit.rules:
        if rule.rule == ANY_RULE and rule.rows:
            share = rule.broken / rule.rows
            yield MainFigure("style rules broken", rule.config, share, rule.rows)


def _votes(audit: Audit) -> Iterator[MainFigure]:
    if audit.agreement is not None:
        name = "moderators' agreement (alpha)"
        yield MainFigure(name, None, audit.agreement.alpha, audit.agreement.rows)
    votes = sum(each.votes for each in audit.voters)
    if votes:
        share = sum(each.abstained for each in audit.voters) / votes
        yield MainFigure("abstentions", None, share, votes)


def _refusals(audit: Audit) -> Iterator[MainFigure]:
    """Overall rates on the first config: the others are drawn by these very refusals."""
    first = next(iter(audit.rows), None)
    for each in audit.refusals:
        if each.config == first and each.category is None:
            name = f"refusal rate of {each.target}"
            yield MainFigure(name, each.config, each.rate, each.verdicts, each.interval)
