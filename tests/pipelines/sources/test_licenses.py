from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import LicenseBrokenError
from pipelines.recipe import SorryBench, load
from pipelines.sources.licenses import require_licenses
from tests.mutation_set import bases, small_taxonomy, write_base, write_recipe


def _recipe(folder: Path, terms: str) -> SorryBench:
    write_base(folder, bases(1))
    recipe = write_recipe(folder, "http://127.0.0.1:9/v1", taxonomy=small_taxonomy(folder, 1))
    loaded = load(recipe, [f"base={{from: base.jsonl{terms}}}"])
    assert isinstance(loaded, SorryBench)
    return loaded


@pytest.mark.parametrize(
    "terms",
    [
        "",
        ", license: sorry-bench",
        ", license: sorry-bench, redistribute: false",
        ", license: other",
        ", license: cc-by-4.0",
        ", license: mit, redistribute: true",
    ],
)
def test_what_is_never_published_may_have_terms_of_its_own(tmp_path: Path, terms: str) -> None:
    require_licenses(_recipe(tmp_path, terms))


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (
            ", license: sorry-bench, redistribute: true",
            "base.license must be a licence of a known name, or",
        ),
        (", license: cc-by-nc-4.0", "forbids commercial use"),
        (", license: cc-by-sa-4.0, redistribute: true", "asks for the same licence"),
    ],
)
def test_a_licence_that_does_not_allow_the_releases_is_refused(
    tmp_path: Path, terms: str, why: str
) -> None:
    with pytest.raises(LicenseBrokenError, match=why):
        require_licenses(_recipe(tmp_path, terms))
