"""The twenty prompt styles in the published order. A new style is named here once."""

from __future__ import annotations

from difflib import get_close_matches

from base.digests import require_digest
from generators.errors import StyleUnknownError
from generators.mutations.encodings import ENCODINGS
from generators.mutations.style import Style
from generators.mutations.styles import (
    authority_endorsement,
    evidence_based_persuasion,
    expert_endorsement,
    logical_appeal,
    misrepresentation,
    misspellings,
    question,
    role_play,
    slang,
    technical_terms,
    translate_fr,
    translate_ml,
    translate_mr,
    translate_ta,
    translate_zh_cn,
    uncommon_dialects,
)

WRITTEN: dict[str, Style] = {
    module.STYLE.name: module.STYLE
    for module in (
        *(question, slang, uncommon_dialects, technical_terms, role_play, misspellings),
        *(logical_appeal, authority_endorsement, misrepresentation),
        *(evidence_based_persuasion, expert_endorsement),
        *(translate_ml, translate_ta, translate_mr, translate_zh_cn, translate_fr),
    )
}
"""The styles that a model writes, by their names."""

NAMES: tuple[str, ...] = (*ENCODINGS, *WRITTEN)
"""Every prompt style but `base`."""

GROUPS: dict[str, str] = {
    **dict.fromkeys(ENCODINGS, "encoding"),
    **{name: style.group for name, style in WRITTEN.items()},
}
"""The group that each style belongs to."""


def written(name: str) -> Style:
    """The written style of that name.

    Raises:
        StyleUnknownError: There is none.
        DigestError: The style has no digest.
    """
    if name not in WRITTEN:
        near = get_close_matches(name, WRITTEN, n=1, cutoff=0.0)[0]
        raise StyleUnknownError(f"a written style is a known one; the nearest is {near!r}", name)
    require_digest("style", name, WRITTEN[name])
    return WRITTEN[name]
