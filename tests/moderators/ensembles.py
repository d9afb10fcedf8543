"""The offline moderators as one ensemble, prepared and run with the shipped encoder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from inference.types import EmbedRequest
from moderators.offline.vectors import KernelPlan, NearestPlan
from moderators.offline.words import WordsPlan
from moderators.prototypes import Prototypes
from moderators.types import Moderator, ModeratorPlan
from moderators.votes import Decision, decide
from tests.moderators.chats import prompt
from tests.programs import Encoder, drive

if TYPE_CHECKING:
    from inference.types import Vectors

_known: dict[str, Vectors] = {}


def vectors(request: EmbedRequest) -> Vectors:
    """Each text once for all tests, in batches even where it is asked for alone."""
    lacking = tuple(dict.fromkeys(text for text in request.texts if text not in _known))
    if lacking:
        rows = _encoder()(replace(request, texts=lacking, alone=False))
        _known.update(zip(lacking, rows, strict=True))
    return np.stack([_known[text] for text in request.texts])


def ensemble(prototypes: Prototypes) -> tuple[Moderator, ...]:
    plans: Iterable[ModeratorPlan] = (
        NearestPlan("minilm", prototypes),
        KernelPlan("minilm", prototypes),
        WordsPlan(prototypes),
    )
    return tuple(drive(plan.prepare(), vectors) for plan in plans)


def decisions(members: Sequence[Moderator], texts: Sequence[str]) -> list[Decision]:
    vectors(EmbedRequest("minilm", tuple(texts)))
    return [
        decide([drive(member.vote(prompt(text)), vectors) for member in members], "majority")
        for text in texts
    ]


@cache
def _encoder() -> Encoder:
    return Encoder()
