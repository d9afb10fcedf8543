"""What texts show by themselves: diversity, lengths, openings, style rules, near repeats."""

from collections.abc import Iterator, Sequence

from artifacts import audit_facts
from artifacts.figures.figure import Figure, of_rows, slug
from artifacts.figures.forms import Bar, Point, bars, cells, points, share_grid, share_table
from artifacts.summary import Table
from base.formats import EMPTY, NONE, decimal, fixed, percent, plain_percent, rounded


def figures(audit: audit_facts.Audit) -> Iterator[Figure]:
    """Near repeats, openings, diversity, lengths, style rules."""
    yield from near_figures(audit)
    yield from opening_figures(audit)
    yield from diversity_figures(audit)
    yield from length_figures(audit)
    yield from rule_figures(audit)


def tables(audit: audit_facts.Audit) -> Iterator[Table]:
    """Near repeats of all kinds, and what texts show by themselves; no opening words."""
    yield _near_table(audit.near, "Near repeats")
    yield _texts_table(audit)


_MEASURES = ("distinct-1", "distinct-2", "self-BLEU", "Vendi / n")


def diversity_figures(audit: audit_facts.Audit) -> Iterator[Figure]:
    """One row a config: distinct-n, self-BLEU, and the Vendi score per sampled row."""
    if not audit.diversity:
        return
    values = {
        (found.config, name): (value, fixed(value, EMPTY, places=2))
        for found in audit.diversity
        for name, value in zip(_MEASURES, _measured(found), strict=True)
    }
    sample = max(found.sample for found in audit.diversity)
    yield Figure(
        key="diversity",
        section="diversity",
        title="How much texts differ from each other",
        rests_on=of_rows(sum(found.rows for found in audit.diversity))
        + f"; self-BLEU and Vendi on a sample of {sample:,} at most",
        alt=_told(audit.diversity),
        svg=cells(
            values, [found.config for found in audit.diversity], _MEASURES, "diversity", top=1.0
        ),
        table=_texts_table(audit),
        note=(
            "Higher distinct-n and Vendi mean more different texts; higher self-BLEU means more"
            f" alike ones{_of_compression(audit.diversity)}."
        ),
    )


def _of_compression(found: Sequence[audit_facts.Diversity]) -> str:
    measured = any(each.compression is not None for each in found)
    return ", and so does higher compression in the table" if measured else ""


def _measured(found: audit_facts.Diversity) -> tuple[float | None, ...]:
    each = found.vendi / found.sample if found.vendi is not None and found.sample else None
    return (found.distinct_1, found.distinct_2, found.self_bleu, each)


def _texts_table(audit: audit_facts.Audit) -> Table:
    """How much the texts of each config differ, how long they are, and how many break a rule."""
    header = (
        *("config", "rows", "one opening", "distinct-1", "distinct-2", "compression"),
        *("self-BLEU", "Vendi", "sample", "rules broken", "words", "characters"),
    )
    broken = {each.config: each for each in audit.rules if each.rule == audit_facts.ANY_RULE}
    lengths = {each.config: each for each in audit.lengths}
    rows = tuple(
        (
            *(each.config, each.rows, plain_percent(each.opener_share)),
            *(rounded(each.distinct_1), rounded(each.distinct_2), rounded(each.compression)),
            *(rounded(each.self_bleu), rounded(each.vendi), each.sample),
            _broken_share(broken.get(each.config)),
            *_medians(lengths.get(each.config)),
        )
        for each in audit.diversity
    )
    return Table("Texts (words and characters: the median)", header, rows)


def _medians(found: audit_facts.Lengths | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (found.words[1], found.characters[1])


def _broken_share(found: audit_facts.RuleBreaks | None) -> str:
    return "" if found is None else plain_percent(found.share)


def _told(found: Sequence[audit_facts.Diversity]) -> str:
    told = "; ".join(
        f"{each.config} self-BLEU {decimal(each.self_bleu)}, distinct-2 {decimal(each.distinct_2)}"
        for each in found
    )
    return f"A grid of configs by four measures between 0 and 1. {told}."


def length_figures(audit: audit_facts.Audit) -> Iterator[Figure]:
    """Words at the median, with whiskers from the 5th to the 95th per cent."""
    found = [each for each in audit.lengths if each.rows]
    if not found:
        return
    drawn = [
        Point(each.config, each.words[1], (each.words[0], each.words[2]), f"{each.words[1]:,.0f}")
        for each in found
    ]
    told = "; ".join(f"{each.config} {each.words[1]:,.0f} words" for each in found)
    header = (
        *("config", "rows", "words 5 %", "words 50 %", "words 95 %"),
        *("characters 5 %", "characters 50 %", "characters 95 %"),
    )
    yield Figure(
        key="lengths",
        section="texts",
        title="Length in words",
        rests_on=of_rows(sum(each.rows for each in found)),
        alt=f"Points at the median, one a config: {told}.",
        svg=points(drawn, "lengths", ",.0f"),
        table=Table(
            "Length of texts",
            header,
            tuple((each.config, each.rows, *each.words, *each.characters) for each in found),
        ),
        note="Points are medians; whiskers go from the 5th to the 95th per cent of the rows.",
    )


_SHOWN = 15
_TOGETHER = (1, 5, 15)
"""How many of the most frequent openings are taken together for one bar."""


def _first_openings(many: int) -> str:
    return "the most frequent" if many == 1 else f"the {many} most frequent"


def opening_figures(audit: audit_facts.Audit) -> Iterator[Figure]:
    """The most frequent openings together; their words are prompt text, which is not drawn."""
    for found in audit.diversity:
        if found.openings and found.rows:
            yield _figure(found)


def _figure(found: audit_facts.Diversity) -> Figure:
    key = slug("openings", found.config)
    first = found.openings[:_SHOWN]
    shares = [opening.rows / found.rows for opening in first]
    drawn = [
        Bar(_first_openings(many), share := sum(shares[:many]), percent(share))
        for many in _TOGETHER
        if many <= len(shares)
    ]
    rows = (
        (opening.words, opening.rows, percent(share))
        for opening, share in zip(first, shares, strict=True)
    )
    return Figure(
        key=key,
        section="diversity",
        title=f"{found.config}: rows that begin alike (three words)",
        rests_on=of_rows(found.rows),
        alt=(
            "Bars: how many rows the most frequent openings begin together. "
            + "; ".join(f"{bar.label} {bar.says}" for bar in drawn)
            + "."
        ),
        svg=bars(drawn, key, least=0.5),
        table=Table(f"{found.config}: openings", ("opening words", "rows", "share"), tuple(rows)),
        note=(
            "Rows that begin with one of these; few openings for many rows is monotony. The words"
            " are prompt text: they are in the table, hidden until asked for."
        ),
        quotes=found.config,
    )


def rule_figures(audit: audit_facts.Audit) -> Iterator[Figure]:
    """Shares of rows that break each rule, by config."""
    if not audit.rules:
        return
    counts = [(each.config, each.rule, each.rows, each.broken) for each in audit.rules]
    rows_by_config = {each.config: each.rows for each in audit.rules}
    yield Figure(
        key="rules",
        section="texts",
        title="Style rules broken",
        rests_on=of_rows(sum(rows_by_config.values())),
        alt=(
            f"A grid of {len({each.rule for each in audit.rules})} rules by {len(rows_by_config)}"
            f" configs, darker for more broken rows. {_most(audit.rules)}"
        ),
        svg=share_grid(counts, _words, "rules"),
        table=share_table("Style rules broken", ("rule", "broken"), counts, _words),
        note="A row may break several rules; `any` counts it once.",
    )


def _most(rules: Sequence[audit_facts.RuleBreaks]) -> str:
    """The rule that is broken most; `any` is no rule of its own."""
    single = [each for each in rules if each.rule != audit_facts.ANY_RULE] or rules
    worst = max(single, key=lambda each: each.share or 0.0)
    return f"Most: {worst.rule} in {worst.config} with {_words(worst.share)}."


def _words(share: float | None) -> str:
    return plain_percent(share, NONE)


_TITLES: dict[audit_facts.Scope, str] = {
    "inside": "Near repeats inside a config",
    "across": "Near repeats across configs",
    "release": "Near repeats of earlier releases",
    "benchmark": "Near repeats of other benchmarks",
}
_PAIRS = 20


def near_figures(audit: audit_facts.Audit) -> Iterator[Figure]:
    """Shares of rows with a near row by scope, and the nearest pairs by their ids."""
    for scope, title in _TITLES.items():
        found = [each for each in audit.near if each.scope == scope]
        if found:
            yield _near_figure(title, scope, found)


def _near_figure(
    title: str, scope: audit_facts.Scope, found: Sequence[audit_facts.NearRepeats]
) -> Figure:
    key = slug("near", scope)
    drawn = [Bar(_name(each), each.share, _near_share(each)) for each in found]
    most = max(found, key=lambda each: each.share or 0.0)
    cosines = ", ".join(sorted({f"{each.threshold:.2f}" for each in found}))
    return Figure(
        key=key,
        section="repeats",
        title=title,
        rests_on=of_rows(sum(each.rows for each in found)) + " compared",
        alt=f"Bars of shares. The largest is {_name(most)} with {_near_share(most)}.",
        svg=bars(drawn, key, least=0.05),
        table=_near_table(found, title),
        note=f"Near is a cosine of {cosines} or more. {_nearest(found)}".strip(),
    )


def _near_table(found: Sequence[audit_facts.NearRepeats], title: str) -> Table:
    """Rows that are near to another one, by config and by what they were held against."""
    header = ("config", "near to", "", "cosine from", "rows", "near", "share")
    rows = tuple(
        (
            *(each.config, each.scope, "" if each.scope == "inside" else each.against),
            *(each.threshold, each.rows, each.near, plain_percent(each.share)),
        )
        for each in found
    )
    return Table(title, header, rows)


def _name(each: audit_facts.NearRepeats) -> str:
    return each.config if each.scope == "inside" else f"{each.config} / {each.against}"


def _near_share(each: audit_facts.NearRepeats) -> str:
    return NONE if each.share is None else f"{each.share:.2%} ({each.near:,})"


def _nearest(found: Sequence[audit_facts.NearRepeats]) -> str:
    pairs = sorted((pair for each in found for pair in each.pairs), key=lambda pair: -pair.score)
    shown = (f"{pair.id} and {pair.other} ({pair.score:.2f})" for pair in pairs[:_PAIRS])
    listed = ", ".join(shown)
    return f"Nearest pairs: {listed}." if listed else ""
