"""What a card says of licences: its sources' terms, and what follows for its folder."""

import textwrap
from collections.abc import Iterator, Sequence

from artifacts.licenses import may_be_passed_on
from artifacts.manifest import ConfigRecord, ReleaseFacts, SourceRecord
from artifacts.summary import Cell, Table, markdown_table
from base.formats import code_span

_WIDTH = 98
_HUB = "hf://"
_PAGE = "https://huggingface.co/datasets/"
_OTHER, _BOUND = "other", "not-for-redistribution"
_NOT_STATED = "not stated: nothing made from it may be passed on"
_UNNAMED = "a release of an earlier version, whose sources are not named"


def front_license(release: ReleaseFacts, configs: Sequence[ConfigRecord]) -> dict[str, str]:
    """The licence's keys of the front matter, as the Hub reads them.

    What may not be passed on is under no licence of the Hub's list: `other`, by the name of its
    source's own terms where it has one source, with a link to where they stand.
    """
    if not is_bound(release, configs):
        return {"license": release.license}
    bound = _bound(release.sources)
    names = {source.license for source in bound} - {None, _OTHER}
    named = len(names) == 1 == len({source.license for source in bound})
    found = {"license": _OTHER, "license_name": next(iter(names)) if named else _BOUND}
    pages = {_page(source.name) for source in bound}
    page = pages.pop() if len(pages) == 1 else None
    return {str(name): str(value) for name, value in found.items()} | (
        {"license_link": page} if page else {}
    )


def is_bound(release: ReleaseFacts, configs: Sequence[ConfigRecord]) -> bool:
    """Whether anything of a release may not be passed on.

    Its rows say so; in releases of earlier versions they do not where a source states no licence.
    """
    return any(config.rows and not config.redistribute for config in configs) or any(
        source.redistribute and not may_be_passed_on(source) for source in release.sources
    )


def terms_section(release: ReleaseFacts, configs: Sequence[ConfigRecord]) -> str:
    """Under which terms the release stands, and each source with its own."""
    parts = [_filled(each) for each in _said(release, configs)]
    if release.sources:
        parts.append(markdown_table(_table(release.sources)).rstrip())
    return "\n\n".join(parts)


def _said(release: ReleaseFacts, configs: Sequence[ConfigRecord]) -> Iterator[str]:
    if not is_bound(release, configs):
        yield f"The data is released under {code_span(release.license)}."
        return
    bound = _bound(release.sources)
    filled = [each for each in configs if each.rows]
    held = [each.name for each in filled if not each.redistribute]
    what = "This folder"
    if held and len(held) < len(filled):
        what = f"Of this folder {', '.join(map(code_span, held))}"
    yield (
        f"**{what} may not be passed on**, nor may anything that is made from it: its rows come"
        f" from {_who(bound)}. That holds for prompts, mutations, exports and pages, published or"
        " not; `refusery publish` refuses them, and no option lifts it. The recipe names the"
        f" licence {code_span(release.license)}: it does not hold for these rows."
    )
    for source in bound:
        yield f"{code_span(source.name)}: {_license(source)}."


def _who(bound: Sequence[SourceRecord]) -> str:
    if not bound:
        return _UNNAMED
    names = ", ".join(code_span(source.name) for source in bound)
    return f"{names}, whose terms do not allow it"


def _license(source: SourceRecord) -> str:
    if source.license is None:
        return f"its licence is {_NOT_STATED}"
    page = _page(source.name)
    where = f"; its terms stand at {page}" if page else ""
    return f"its licence is {code_span(source.license)}; nothing of it may be passed on{where}"


def _table(sources: Sequence[SourceRecord]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            source.name,
            "not stated" if source.license is None else source.license,
            "yes" if may_be_passed_on(source) else "no",
            source.rows,
        )
        for source in sources
    )
    return Table("", ("source", "licence", "may be passed on", "rows taken"), rows)


def _bound(sources: Sequence[SourceRecord]) -> tuple[SourceRecord, ...]:
    return tuple(source for source in sources if not may_be_passed_on(source))


def _page(name: str) -> str | None:
    """The page of a data set on the Hub; None for another source."""
    if not name.startswith(_HUB):
        return None
    parts = name.removeprefix(_HUB).removeprefix("datasets/").split("/")
    return _PAGE + "/".join(parts[:2]) if len(parts) > 2 else None


def _filled(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False, break_long_words=False)
