from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifacts.licenses import LICENSES
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
