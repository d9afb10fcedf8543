from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifacts.licenses import LICENSES, binding, redistributed
from artifacts.manifest import SourceRecord
from pipelines.sources import allows


@pytest.mark.parametrize(
    ("release", "sources"),
    [
        ("cc-by-4.0", ["cc-by-4.0", "apache-2.0", "cc0-1.0", "MIT"]),
        ("cc-by-sa-4.0", ["cc-by-sa-4.0", "mit"]),
        ("cc-by-nc-4.0", ["cc-by-nc-4.0", "cc-by-4.0"]),
        ("cc-by-nc-sa-4.0", ["cc-by-nc-sa-4.0", "cc-by-nc-4.0"]),
        ("cc0-1.0", ["cc0-1.0"]),
        ("cc-by-nd-4.0", ["cc-by-4.0"]),
        ("cc-by-4.0", []),
    ],
)
def test_a_licence_that_every_source_allows_is_allowed(release: str, sources: list[str]) -> None:
    assert allows(release, sources) is None


@pytest.mark.parametrize(
    ("release", "source", "reason"),
    [
        ("cc-by-4.0", "cc-by-nc-4.0", "forbids commercial use"),
        ("cc-by-4.0", "cc-by-sa-4.0", "asks for the same licence"),
        ("cc-by-nc-4.0", "cc-by-nc-sa-4.0", "asks for the same licence"),
        ("cc-by-nd-4.0", "cc-by-nd-4.0", "lets nobody pass on"),
        ("cc0-1.0", "cc-by-4.0", "asks for attribution"),
        ("cc-by-4.0", "other", "not a known one"),
        ("cc-by-4.0", "openrail", "not a known one"),
        ("cc-by-4.0", None, "states no licence"),
        ("my-own", "mit", "not a known one"),
    ],
)
def test_a_licence_that_a_source_forbids_is_refused_with_the_reason(
    release: str, source: str | None, reason: str
) -> None:
    refusal = allows(release, ["mit", source])
    assert refusal is not None
    assert reason in refusal


@given(st.sampled_from(sorted(LICENSES)), st.lists(st.sampled_from(sorted(LICENSES))))
def test_another_source_never_makes_a_refused_licence_allowed(
    release: str, sources: list[str]
) -> None:
    if allows(release, sources) is not None:
        assert allows(release, [*sources, "cc0-1.0"]) is not None
    else:
        assert all(allows(release, [source]) is None for source in sources)


def _source(license: str | None, redistribute: bool, name: str = "a.csv") -> SourceRecord:
    return SourceRecord(name, None, None, license, redistribute, 1)


def test_what_states_no_licence_is_never_passed_on() -> None:
    assert redistributed([_source("mit", True)]) == {"a.csv": True}
    assert redistributed([_source("mit", False)]) == {"a.csv": False}
    assert redistributed([_source(None, True)]) == {"a.csv": False}


def test_of_sources_that_share_a_name_each_must_allow_it() -> None:
    free, bound = _source("mit", True), _source("mit", False)
    for sources in ((free, bound), (bound, free)):
        assert redistributed([*sources, _source("mit", True, "b.csv")]) == {
            "a.csv": False,
            "b.csv": True,
        }


def test_terms_of_ones_own_bind_no_licence_where_nothing_is_passed_on() -> None:
    own = [_source("sorry-bench", False), _source(None, False), _source("mit", False)]
    assert [*binding(own)] == ["mit"]
    assert [*binding([_source("sorry-bench", True)])] == ["sorry-bench"]
