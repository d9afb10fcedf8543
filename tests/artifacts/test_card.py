from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
import yaml

from artifacts.audit_facts import MainFigure, QualityGateOutcome
from artifacts.card import features
from artifacts.diff.compare import changes_of, compare_rows
from artifacts.manifest import Cost, read_manifest
from artifacts.release_facts import ModerationFacts
from artifacts.schemas import MODERATED, OR_BENCH, VOTES
from artifacts.tables import arrow_schema
from artifacts.version_facts import Changes, Lineage, Release, ReviewFacts, Tombstone, Writing
from tests.artifacts.diff.two_releases import (
    GUARD,
    NEW,
    OLD,
    STONE,
    facts,
    folder,
    views,
    write,
    write_styles,
)
from tests.artifacts.small_run import SmallRun


def parts(run: SmallRun) -> tuple[dict[str, Any], str]:
    _, front, body = (run.release / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def test_the_front_matter_names_the_configs_that_have_rows_and_a_default(
    run: SmallRun,
) -> None:
    run.publish(run.without_hard())
    front, body = parts(run)
    assert "A config of 0 rows has no file" in body
    assert [info["config_name"] for info in front["dataset_info"]] == [
        "or-bench-80k",
        "or-bench-toxic",
    ]
    assert front["configs"] == [
        {
            "config_name": "or-bench-80k",
            "data_files": [{"split": "train", "path": "or-bench-80k/train-*.parquet"}],
            "default": True,
        },
        {
            "config_name": "or-bench-toxic",
            "data_files": [{"split": "train", "path": "or-bench-toxic/train-*.parquet"}],
        },
    ]
    assert front["license"] == "cc-by-4.0"
    assert front["language"] == ["en"]
    assert front["size_categories"] == ["n<1K"]
    assert front["pretty_name"] == "or-bench 1.0"
    assert {"tags", "task_categories"} <= front.keys()


@pytest.mark.parametrize("schema", [OR_BENCH, MODERATED, VOTES])
def test_features_are_those_that_datasets_derives_from_the_file(schema: Any) -> None:  # noqa: ANN401
    from datasets import Features  # heavy: only here

    arrow: pa.Schema = arrow_schema(schema)
    assert features(schema) == Features.from_arrow_schema(arrow)._to_yaml_list()


def test_the_card_states_counts_canary_and_licence(released: SmallRun) -> None:
    _, body = parts(released)
    assert read_manifest(released.release).canary in body
    assert "| privacy | 0 | 0 | 0 |" in body
    assert "| total | 2 | 1 | 1 |" in body
    assert "| rewrite -> dedup | 7 | 5 | 2 | 0 |  |  |" in body
    assert "| rescue -> panel | 4 | 4 | 0 | 0 |  | 4 |" in body
    assert "| US dollars | unknown |" in body
    assert "$" not in body
    assert "demo" not in body


def test_a_demo_says_so_before_anything_else(run: SmallRun) -> None:
    run.publish(demo=True, cost=Cost(12, 1, 1, 1.5))
    front, body = parts(run)
    assert front["pretty_name"] == "or-bench 1.0 (demo)"
    assert body.split("\n\n")[1].startswith("> **This is a demo.**")
    assert "| US dollars | 1.50 |" in body


def test_the_lines_of_the_card_s_prose_fit_a_terminal(released: SmallRun) -> None:
    _, body = parts(released)
    prose = [line for line in body.splitlines() if not line.startswith(("|", "rows", "import"))]
    assert max(map(len, prose)) <= 100


def test_the_card_says_how_rescue_panel_and_subsets_came_about(released: SmallRun) -> None:
    _, body = parts(released)
    assert "| prompts that were flagged | 1 |" in body
    assert "| p (guard-1) | 2 | 2 | 0 | 1 | 0 | 2 | 1 | 100.0% | 100.0% |" in body
    assert "| q (guard-1) | empty | 1 |" in body
    assert "| p (guard-1) | guard-1 | Be careful. |" in body
    assert "| q (guard-1) | guard-1 | none |" in body
    assert "| hard | safe, and refused by at least 2 targets | 1 | 1 | 1 | all | 7 |" in body
    flowing = " ".join(body.split())
    assert "Answers of the panel were cut at 24 tokens (1 of 3 were)" in flowing
    assert "The targets p (guard-1), q (guard-1) are one model, guard-1, under" in flowing
    assert "Not independent: guard is a moderator and the model of target p." in flowing


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("paper", "only asks for knowledge is exempt, and of no other leniency (templates `aaaa"),
        ("lenient", "decide doubt by the most likely reading (templates `aaaaaaaaaaaaaaaa` for"),
        ("a`b", "what they were told stands in the templates"),
    ],
)
def test_the_card_names_the_policy_of_chat_moderators_and_its_templates(
    run: SmallRun, policy: str, said: str
) -> None:
    run.publish(moderation=ModerationFacts(policy, "a" * 64, "b" * 64))
    _, body = parts(run)
    flowing = " ".join(body.split())
    assert "The chat models among them moderate under the policy" in flowing
    assert said in flowing
    assert "`bbbbbbbbbbbbbbbb` for answers)." in flowing
    assert max(map(len, body[body.index("The chat models") :].splitlines()[:4])) <= 100
    assert read_manifest(run.release).moderation == ModerationFacts(policy, "a" * 64, "b" * 64)


def test_a_card_without_chat_moderators_names_no_policy(released: SmallRun) -> None:
    _, body = parts(released)
    assert "policy" not in body.split("## Rescue")[0]


def test_the_card_of_a_recipe_without_rescue_and_panel_says_that_there_was_none(
    run: SmallRun,
) -> None:
    run.publish(rescue=None, panel=None, hard=None, relatives=())
    _, body = parts(run)
    assert "has no rescue" in body
    assert "has no panel" in body
    assert "Not independent" not in body
    assert "were cut at" not in body


def test_no_answer_is_anywhere_in_a_release(released: SmallRun) -> None:
    asked = (released.folder / "panel").glob("answers-*.parquet")
    assert any("MARKED ANSWER" in str(pl.read_parquet(path)["text"].to_list()) for path in asked)
    for path in released.release.rglob("*"):
        if path.suffix == ".parquet":
            assert "MARKED ANSWER" not in str(pl.read_parquet(path).to_dicts())
        elif path.is_file():
            assert b"MARKED ANSWER" not in path.read_bytes()


def section(body: str, title: str) -> str:
    """What stands under a second-level heading, its lines run together."""
    return " ".join(body.split(f"\n## {title}\n")[1].split("\n## ")[0].split())


EARLIER = Release("2026.10.0", "0123456789abcdef0123")


def test_the_card_of_a_release_that_stands_alone_says_so(released: SmallRun) -> None:
    _, body = parts(released)
    versions = section(body, "Versions")
    assert "This version stands by itself" in versions
    assert "### Changes No comparison with an earlier version" in versions
    assert section(body, "Audit") == "No audit stands with this release."
    assert section(body, "People") == "No person has looked at a sample of this release."


@pytest.mark.parametrize(
    ("lineage", "says"),
    [
        (Lineage("refresh", against=(EARLIER,)), "a refresh: all of its rows were written anew"),
        (Lineage("extend", EARLIER, 1200), "extends version 2026.10.0"),
        (Lineage("extend", EARLIER, 1200), "rows carried over as they were: 1,200;"),
        (Lineage("extend"), "This version stands by itself"),
        (Lineage("reviewed", EARLIER), "is version 2026.10.0 (manifest SHA-256 `0123456789abcdef`"),
        (Lineage("reviewed", EARLIER), "without the rows that people rejected"),
        (Lineage("refresh", against=(EARLIER,)), "New rows were held against 2026.10.0:"),
        (Lineage("refresh", writing=Writing("2026.11.0", 0, 1)), "under edition 2026.11.0"),
    ],
)
def test_the_card_says_how_a_release_came_from_earlier_ones(
    run: SmallRun, lineage: Lineage, says: str
) -> None:
    run.publish(lineage=lineage)
    assert says in section(parts(run)[1], "Versions")


def test_the_card_counts_withdrawn_rows_and_leaves_their_ids_to_the_manifest(
    run: SmallRun,
) -> None:
    stones = (Tombstone("a" * 16, "odd", "0.8"), Tombstone("b" * 16, "odd", "0.9"))
    run.publish(tombstones=stones)
    versions = section(parts(run)[1], "Versions")
    assert "2 rows are withdrawn" in versions
    assert "a" * 16 not in versions
    run.release.rename(run.release.with_name("0.9"))
    run.publish(tombstones=stones[:1])
    assert "1 row is withdrawn" in section(parts(run)[1], "Versions")


def test_the_card_shows_what_changed_since_the_version_before(tmp_path: Path) -> None:
    write(tmp_path, "2026.10.0", OLD)
    later = facts("2026.11.0", tombstones=(STONE,), models=(replace(GUARD, model="guard-2"),))
    found = compare_rows(folder(tmp_path, "2026.10.0"), views(NEW), later)
    write(tmp_path, "2026.11.0", NEW, tombstones=(STONE,), changes=changes_of(found))
    body = (folder(tmp_path, "2026.11.0") / "README.md").read_text()
    assert "### Changes since 2026.10.0" in body
    assert "Of the removed rows people withdrew 1." in body
    assert "| or-bench-toxic | 2 | 0 | 2 | 0 | 1 | 1 | 0 | 1 |" in body
    assert "| or-bench-toxic | hate | 2 | 1 | -1 |" in body
    assert "| guard (moderate): guard-1 is now guard-2 |" in body
    assert "MARKED" not in body
    assert read_manifest(folder(tmp_path, "2026.11.0")).changes == changes_of(found)


def test_the_card_leaves_the_rest_of_long_changes_to_the_manifest(run: SmallRun) -> None:
    categories = {"or-bench-80k": {f"c{place}": (0, place) for place in range(1, 101)}}
    run.publish(changes=Changes(EARLIER, (), categories))
    changes = section(parts(run)[1], "Versions")
    assert "| or-bench-80k | c60 | 0 | 60 | 60 |" in changes
    assert "| c61 |" not in changes
    assert "`manifest.json` has 40 more." in changes


def test_a_fine_grained_set_s_card_has_the_same_sections(tmp_path: Path) -> None:
    body = (write_styles(tmp_path, "2026.10.0", ["p"]) / "README.md").read_text()
    assert "$" not in body
    assert "This version stands by itself" in section(body, "Versions")
    assert section(body, "Audit") == "No audit stands with this release."
    assert "No person has looked" in section(body, "People")


@pytest.mark.parametrize(
    ("styles", "languages"),
    [
        ({"slang": 1, "translate-fr": 0}, ["en"]),
        ({"translate-zh-cn": 1, "translate-fr": 0, "translate-mr": 1}, ["en", "mr", "zh"]),
    ],
)
def test_a_fine_grained_set_is_tagged_with_the_languages_that_have_rows(
    tmp_path: Path, styles: dict[str, int], languages: list[str]
) -> None:
    path = write_styles(tmp_path, "2026.10.0", ["p"], styles)
    _, front, body = (path / "README.md").read_text().split("---\n", 2)
    assert yaml.safe_load(front)["language"] == languages
    if languages == ["en"]:
        assert "| translate-fr | 0 | `prompt_style` = translate-fr | none: no rows |" in body
        assert "| slang | 1 | `prompt_style` = slang | none: 2 of 3 have no row |" in body


def test_a_set_in_another_language_is_tagged_with_it(run: SmallRun) -> None:
    run.publish(language="zh")
    assert parts(run)[0]["language"] == ["zh"]


def test_the_card_has_the_audit_s_main_figures_with_rows_and_intervals(run: SmallRun) -> None:
    run.publish(
        audit=(
            MainFigure("near repeats", "or-bench-80k", 0.0123, 2000, (0.0083, 0.0181)),
            MainFigure("agreement", None, None, 0),
        ),
        gates=(
            QualityGateOutcome(
                *("min_per_category", 50, 61, True, "or-bench-80k", None, "privacy"),
                says="61 rows of privacy in or-bench-80k",
            ),
        ),
    )
    body = parts(run)[1]
    assert "| near repeats | or-bench-80k | 0.0123 | 2,000 | 0.0083 to 0.0181 |" in body
    assert "| agreement | all |  | 0 |  |" in body
    assert (
        "| min_per_category | or-bench-80k | 50 | held | 61 rows of privacy in or-bench-80k |"
        in body
    )


def test_an_audit_without_gates_says_that_there_are_none(run: SmallRun) -> None:
    run.publish(audit=(MainFigure("near repeats", None, 0.0, 10),))
    assert "has no gates" in section(parts(run)[1], "Audit")


def test_the_card_has_what_people_found_with_intervals(run: SmallRun) -> None:
    run.publish(
        review=ReviewFacts(
            of=Release("0.9", "abc"),
            sampled=300,
            decided=290,
            rejected=8,
            people=2,
            residual={"or-bench-80k": (200, 6, (0.0138, 0.0639)), "or-bench-toxic": (0, 0, None)},
            agreement=0.8123,
            moderators={"guard": (0.9, 40, 0.05, 250), "judge": (None, 0, None, 0)},
        )
    )
    people = section(parts(run)[1], "People")
    assert "Rows drawn from version 0.9 for 2 people: 300; 290 were decided, 8" in people
    assert "Their agreement is 0.81 (Krippendorff's alpha)." in people
    assert "| or-bench-80k | 200 | 6 | 3.0% | 1.4% to 6.4% |" in people
    assert "| or-bench-toxic | 0 | 0 | | |" in people
    assert "| guard (guard-1) | 0.9 | 40 | 0.05 | 250 |" in people
    assert "| judge | | 0 | | 0 |" in people


def test_one_person_agrees_with_nobody(run: SmallRun) -> None:
    run.publish(review=ReviewFacts(Release("0.9", "abc"), 10, 9, 0, 1, {}, None, {}))
    people = section(parts(run)[1], "People")
    assert "for 1 person: 10;" in people
    assert "nothing is known of their agreement" in people
    assert "true positive rate" not in people
