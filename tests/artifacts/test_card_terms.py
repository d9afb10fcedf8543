"""A licence is inherited on every card, of what is never published too."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
import yaml

from artifacts.card_terms import front_license, is_bound, terms_section
from artifacts.manifest import ConfigRecord, SourceRecord, read_manifest
from tests.artifacts.diff.two_releases import facts
from tests.artifacts.small_run import SmallRun

_FREE = SourceRecord("seeds.csv", None, "0" * 64, "mit", True, 3)
_SILENT = SourceRecord("prior.csv", None, "1" * 64, None, False, 2)
_GATED = SourceRecord(
    "hf://sorry-bench/sorry-bench-202406/question.jsonl",
    "a" * 40, "2" * 64, "sorry-bench", False, 450,
)  # fmt: skip


def _config(name: str = "all", redistribute: bool = False, rows: int = 3) -> ConfigRecord:
    return ConfigRecord(name, rows, "collect", {}, redistribute, {}, {}, ())


def _said(sources: tuple[SourceRecord, ...], *configs: ConfigRecord) -> str:
    return " ".join(terms_section(facts("2026.11.0", sources=sources), configs).split())


def test_a_gated_source_says_its_licence_and_that_nothing_may_be_passed_on() -> None:
    said = _said((_GATED,), _config())
    assert "**This folder may not be passed on**" in said
    assert "its licence is `sorry-bench`; nothing of it may be passed on" in said
    assert "https://huggingface.co/datasets/sorry-bench/sorry-bench-202406" in said
    assert "released under" not in said
    assert "| sorry-bench | no | 450 |" in said


def test_a_source_without_a_licence_says_so() -> None:
    said = _said((_SILENT,), _config())
    assert "`prior.csv`: its licence is not stated: nothing made from it may be passed on." in said
    assert "released under" not in said
    assert "| prior.csv | not stated | no | 2 |" in said


def test_the_configs_that_are_bound_are_named_where_others_are_free() -> None:
    said = _said((_FREE, _SILENT), _config("base"), _config("ascii", True), _config("none", rows=0))
    assert "**Of this folder `base` may not be passed on**" in said
    assert "`ascii`" not in said and "`none`" not in said
    assert "come from `prior.csv`, whose terms" in said


def test_a_free_release_says_its_licence_and_its_sources() -> None:
    said = _said((_FREE,), _config(redistribute=True))
    assert said.startswith("The data is released under `cc-by-4.0`.")
    assert "| seeds.csv | mit | yes | 3 |" in said


def test_rows_of_a_release_that_names_no_source_are_bound_too() -> None:
    said = _said((), _config())
    assert "come from a release of an earlier version, whose sources are not named" in said
    assert front_license(facts("2026.11.0"), [_config()]) == {
        "license": "other",
        "license_name": "not-for-redistribution",
    }


def test_an_earlier_release_that_may_pass_on_what_states_no_licence_is_bound() -> None:
    loose = SourceRecord("prior.csv", None, None, None, True, 2)
    assert is_bound(facts("2026.11.0", sources=(loose,)), [_config(redistribute=True)])


@pytest.mark.parametrize(
    ("sources", "front"),
    [
        (
            (_FREE, _GATED),
            {
                "license": "other",
                "license_name": "sorry-bench",
                "license_link": "https://huggingface.co/datasets/sorry-bench/sorry-bench-202406",
            },
        ),
        ((_SILENT,), {"license": "other", "license_name": "not-for-redistribution"}),
        ((_SILENT, _GATED), {"license": "other", "license_name": "not-for-redistribution"}),
    ],
)
def test_the_front_matter_has_the_hubs_keys_of_a_licence_of_ones_own(
    sources: tuple[SourceRecord, ...], front: dict[str, str]
) -> None:
    assert front_license(facts("2026.11.0", sources=sources), [_config()]) == front


def _card(run: SmallRun) -> tuple[dict[str, Any], str]:
    _, front, body = (run.release / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), " ".join(body.split())


def test_the_card_of_an_over_refusal_set_inherits_what_its_seeds_may_not(run: SmallRun) -> None:
    kept = run.kept("subsets").with_columns(license=pl.lit(None, pl.String), redistribute=False)
    run.publish(kept, sources=(_SILENT,))
    front, body = _card(run)
    assert (front["license"], front["license_name"]) == ("other", "not-for-redistribution")
    assert "nothing made from it may be passed on" in body
    assert "released under" not in body
    manifest = read_manifest(run.release)
    assert (manifest.license, manifest.sources) == ("cc-by-4.0", (_SILENT,))


def test_the_card_says_where_the_seeds_texts_stand(released: SmallRun) -> None:
    _, body = _card(released)
    assert "`seed_id`, `writer`" in body
    assert "its text is nowhere" in body
