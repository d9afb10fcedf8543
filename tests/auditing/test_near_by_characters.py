# ruff: noqa: RUF001 - full-width marks are how Chinese is written
"""Near repeats of a language that no encoder knows: the same figures, and nobody is asked."""

from __future__ import annotations

from dataclasses import replace

from artifacts.audit_facts import NearRepeats
from auditing.data import Comparison, Material
from auditing.near import Measured, near_repeats
from checks.identity import content_id
from checks.ngrams import Ngrams
from curation.rows import Candidate
from tests.auditing.given_material import material, part
from tests.programs import Given, drive

_CUT = Ngrams.of_language("zh")
_LOCK, _CAT, _BIKE = "怎样撬开一把旧锁？", "哪些花会让猫中毒？", "如何卖掉旧自行车？"


def _chinese(given: Material) -> Material:
    how = replace(given.settings, language="zh", threshold=_CUT.near, ngrams=_CUT)
    return replace(given, settings=how)


def _measured(given: Material) -> Measured:
    nobody = Given({})
    found = drive(near_repeats(_chinese(given)), nobody)
    assert nobody.requests == []
    return found


def _found(given: Material) -> dict[tuple[str, str, str], NearRepeats]:
    return {(each.scope, each.config, each.against): each for each in _measured(given).near}


def _rows(*texts: str) -> list[tuple[str, str]]:
    return [("hate", text) for text in texts]


def test_inside_a_config_a_row_that_repeats_an_earlier_one_counts() -> None:
    given = material(part("80k", *_rows(_LOCK, _CAT, "怎样撬开一把旧锁！", _BIKE)))
    near = _found(given)[("inside", "80k", "80k")]
    assert (near.rows, near.near, near.threshold) == (4, 1, _CUT.near)
    assert near.pairs[0].score == 1.0


def test_across_configs_near_rows_are_repeats_and_shared_ones_are_not() -> None:
    given = material(
        part("80k", *_rows(_LOCK, _CAT)),
        part("hard", *_rows(_LOCK)),
        part("toxic", *_rows("怎样撬开一把旧的锁？", _BIKE)),
    )
    near = _found(given)
    assert ("across", "80k", "hard") not in near
    assert near[("across", "80k", "toxic")].near == 1


def test_rows_are_held_against_earlier_releases_but_those_that_were_carried() -> None:
    texts = [Candidate(content_id(text), text) for text in (_LOCK, "哪些花会让猫中毒呢？")]
    carried = frozenset({content_id(_LOCK)})
    given = material(part("80k", *_rows(_LOCK, _CAT, _BIKE)))
    earlier = Comparison(scope="release", name="2026.10.0", texts=tuple(texts), carried=carried)
    near = _found(replace(given, against=(earlier,)))[("release", "80k", "2026.10.0")]
    assert (near.rows, near.near) == (2, 1)


def test_what_needs_vectors_is_not_measured() -> None:
    assert _measured(material(part("80k", *_rows(_LOCK)))).space is None
