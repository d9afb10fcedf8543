"""Whether a release may carry a licence, given the licences of what it is made from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Terms:
    """What a licence asks of those who pass on what they made from a work.

    Attributes:
        attribution: Name the authors.
        share_alike: Use the same licence.
        non_commercial: Forbid commercial use.
        no_derivatives: Do not pass on anything made from it.
    """

    attribution: bool = True
    share_alike: bool = False
    non_commercial: bool = False
    no_derivatives: bool = False


_FREE = Terms(attribution=False)
_PERMISSIVE = Terms()
_SHARE_ALIKE = Terms(share_alike=True)
_NON_COMMERCIAL = Terms(non_commercial=True)

LICENSES: Mapping[str, Terms] = MappingProxyType(
    {
        **dict.fromkeys(("cc0-1.0", "pddl", "unlicense", "0bsd"), _FREE),
        **dict.fromkeys(("apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "isc"), _PERMISSIVE),
        **dict.fromkeys(("cc-by-3.0", "cc-by-4.0", "odc-by"), _PERMISSIVE),
        **dict.fromkeys(("cdla-permissive-1.0", "cdla-permissive-2.0"), _PERMISSIVE),
        **dict.fromkeys(("cc-by-sa-3.0", "cc-by-sa-4.0", "odbl"), _SHARE_ALIKE),
        **dict.fromkeys(("cc-by-nc-3.0", "cc-by-nc-4.0"), _NON_COMMERCIAL),
        **dict.fromkeys(
            ("cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0"), Terms(share_alike=True, non_commercial=True)
        ),
        **dict.fromkeys(("cc-by-nd-3.0", "cc-by-nd-4.0"), Terms(no_derivatives=True)),
        **dict.fromkeys(
            ("cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0"), Terms(non_commercial=True, no_derivatives=True)
        ),
    }
)
"""The licences that are known, by their names on the Hub; any other counts as forbidding all."""


def is_known(license: str) -> bool:
    """Whether what a licence asks is known.

    Example:
        >>> is_known("CC-BY-4.0 "), is_known("my own")
        (True, False)
    """
    return license.strip().lower() in LICENSES


def allows(release: str, sources: Iterable[str | None]) -> str | None:
    """Why a release may not carry the licence `release`, or None where it may.

    Args:
        release: The licence that the release is to carry.
        sources: The licence of every source whose texts, or what was made from them, are in it;
            None where nobody says.
    """
    stated = release.strip().lower()
    if stated not in LICENSES:
        return f"the release's licence {stated} is not a known one"
    reasons = (_reason(stated, source) for source in sources)
    return next((reason for reason in reasons if reason is not None), None)


def _reason(release: str, source: str | None) -> str | None:
    if source is None:
        return "a source states no licence"
    name = source.strip().lower()
    terms, ours = LICENSES.get(name), LICENSES[release]
    if terms is None:
        return f"a source's licence {name} is not a known one"
    if terms.no_derivatives:
        return f"{name} lets nobody pass on what was made from it"
    if terms.share_alike and release != name:
        return f"{name} asks for the same licence, which {release} is not"
    if terms.non_commercial and not ours.non_commercial:
        return f"{name} forbids commercial use, which {release} allows"
    if terms.attribution and not ours.attribution:
        return f"{name} asks for attribution, which {release} does not"
    return None


class SourceTerms(Protocol):
    """A source of rows, as far as its terms go."""

    @property
    def name(self) -> str:
        """What rows call it."""
        ...

    @property
    def license(self) -> str | None:
        """Its licence, or None where nobody says."""
        ...

    @property
    def redistribute(self) -> bool:
        """Whether somebody says that it may be passed on."""
        ...


def may_be_passed_on(source: SourceTerms) -> bool:
    """Whether a source's rows, and what is made from them, may be: one without a licence never."""
    return source.redistribute and source.license is not None


def redistributed(sources: Iterable[SourceTerms]) -> dict[str, bool]:
    """Whether each source's rows may be passed on, by its name.

    Where several have one name, a row does not say which of them it is from: all must allow it.
    """
    found: dict[str, bool] = {}
    for source in sources:
        found[source.name] = found.get(source.name, True) and may_be_passed_on(source)
    return found


def binding(sources: Iterable[SourceTerms]) -> Iterator[str]:
    """The licences that a release's own is held against.

    One that nobody states binds a release to stay where it is, as does one of a name that is not
    known whose source may not be passed on (`sorry-bench`): nothing is published under any licence.
    """
    for source in sources:
        if source.license is not None:
            if is_known(source.license) or source.redistribute:
                yield source.license
