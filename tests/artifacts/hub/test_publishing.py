from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from artifacts.hub.publish import publish
from artifacts.hub.values import (
    HubMovedError,
    HubUnlikeError,
    Plan,
    PublishRefusedError,
    ReleaseUnsoundError,
)
from artifacts.verify.release import verify
from tests.artifacts.hub.published import Publisher, require_published, write_version
from tests.artifacts.small_run import SmallRun


def actions(plan: Plan) -> dict[str, str]:
    return {
        each.path.removesuffix("/train-00000-of-00001.parquet"): each.action
        for each in plan.operations
    }


def writing(publisher: Publisher) -> list[str]:
    return [each.call for each in publisher.hub.requests if each.writes]


def test_a_release_becomes_one_commit_and_one_tag_in_a_private_gated_repository(
    publisher: Publisher, released: SmallRun
) -> None:
    done = publisher.publish(released.release)
    repo = publisher.repo
    require_published(repo, released.release)
    assert (repo.private, repo.gated) == (True, "auto")
    assert (done.commit, done.tag, done.files) == (repo.branches["main"], "v1.0", 5)
    assert not done.nothing_to_do
    assert not any(each.token for each in publisher.hub.requests if each.call == "large")


def test_it_is_private_and_gated_before_any_data_and_public_after_the_tag(
    publisher: Publisher, released: SmallRun
) -> None:
    publisher.publish(released.release, public=True)
    calls = writing(publisher)
    assert calls[:3] == ["validate", "create", "settings"]
    assert [each for each in calls if each in ("commit", "tag")] == ["commit", "tag"]
    assert calls[-2:] == ["tag", "settings"]
    assert (publisher.repo.private, publisher.repo.gated) == (False, "auto")


def test_a_release_without_unsafe_rows_is_not_gated(
    publisher: Publisher, run: SmallRun, tmp_path: Path
) -> None:
    release = write_version(
        run, tmp_path, "1.0", change=lambda rows: rows.with_columns(in_toxic=pl.lit(False))
    )
    publisher.publish(release, public=True)
    assert (publisher.repo.private, publisher.repo.gated) == (False, False)


def test_a_plan_shows_files_and_sizes_and_sends_nothing_that_writes(
    publisher: Publisher, released: SmallRun
) -> None:
    plan = publisher.plan(released.release)
    assert set(actions(plan).values()) == {"add"}
    assert list(actions(plan))[-2:] == ["README.md", "manifest.json"]
    sizes = {each.path: each.size for each in plan.operations}
    shard = "or-bench-toxic/train-00000-of-00001.parquet"
    assert sizes[shard] == (released.release / shard).stat().st_size
    assert plan.upload_bytes == sum(sizes.values())
    assert writing(publisher) == []
    assert publisher.hub.repos == {}


def test_a_second_publish_of_a_release_has_nothing_to_do(
    publisher: Publisher, released: SmallRun
) -> None:
    publisher.publish(released.release)
    before = len(writing(publisher))
    plan = publisher.plan(released.release)
    assert plan.nothing_to_do
    assert set(actions(plan).values()) == {"keep"}
    assert publish(plan, waits=publisher.waits).nothing_to_do
    assert len(writing(publisher)) == before
    require_published(publisher.repo, released.release)


def test_only_settings_are_changed_where_only_they_differ(
    publisher: Publisher, released: SmallRun
) -> None:
    publisher.publish(released.release)
    before = len(writing(publisher))
    plan = publisher.plan(released.release, public=True, gated="manual")
    assert plan.settings == ("set its gate to manual", "make it public")
    publish(plan, waits=publisher.waits)
    assert writing(publisher)[before:] == ["settings", "settings"]
    assert (publisher.repo.private, publisher.repo.gated) == (False, "manual")
    require_published(publisher.repo, released.release)


def test_a_repository_that_is_there_keeps_its_visibility_and_its_stronger_gate(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release, public=True, gated="manual")
    plan = publisher.plan(write_version(released, tmp_path, "1.1"))
    assert (plan.public, plan.gate, plan.settings) == (True, "manual", ())


def test_a_new_version_sends_what_changed_and_removes_configs_that_are_gone(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    release = write_version(
        released, tmp_path, "1.1", change=lambda rows: rows.with_columns(in_hard=pl.lit(False))
    )
    plan = publisher.plan(release)
    assert actions(plan) == {
        "or-bench-80k": "replace",  # its rows say that they are in no hard config
        "or-bench-toxic": "keep",
        "README.md": "replace",
        "manifest.json": "replace",
        "or-bench-hard-1k": "delete",
    }
    uploads = writing(publisher).count("upload")
    publish(plan, waits=publisher.waits)
    assert writing(publisher).count("upload") == uploads + 1
    require_published(publisher.repo, release, "v1.1", commits=3)
    assert set(publisher.repo.tags) == {"v1.0", "v1.1"}


def test_the_report_is_published_beside_the_card(
    publisher: Publisher, run: SmallRun, tmp_path: Path
) -> None:
    release = write_version(run, tmp_path, "1.0", report="figures")
    publisher.publish(release)
    require_published(publisher.repo, release)
    assert "report.html" in publisher.repo.commits[publisher.repo.tags["v1.0"]]


def test_the_published_card_has_gated_fields_and_earlier_versions_and_verifies(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    publisher.publish(write_version(released, tmp_path, "1.1"))
    publisher.publish(write_version(released, tmp_path, "1.2"))
    repo = publisher.repo
    assert repo.card(repo.tags["v1.2"])["extra_gated_prompt"].startswith("Some of these prompts")
    files = repo.commits[repo.tags["v1.2"]]
    card = files["README.md"].data.decode()
    assert card.index("v1.1") < card.index('load_dataset("me/or-bench", revision="v1.0")')
    for path, file in files.items():
        (tmp_path / "fetched" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fetched" / path).write_bytes(file.data)
    assert verify(tmp_path / "fetched").problems == ()


def test_a_release_that_was_published_before_a_newer_one_is_still_there(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    publisher.publish(write_version(released, tmp_path, "1.1"))
    assert publisher.plan(released.release).nothing_to_do


def test_a_tag_of_ones_own_is_used(publisher: Publisher, released: SmallRun) -> None:
    publisher.publish(released.release, tag="paper")
    require_published(publisher.repo, released.release, "paper")
    assert publisher.plan(released.release, tag="paper").nothing_to_do


def test_a_pull_request_leaves_main_tags_and_settings_alone(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    release = write_version(released, tmp_path, "1.1")
    main = publisher.repo.branches["main"]
    done = publisher.publish(release, pr=True)
    assert publisher.repo.branches["main"] == main
    assert set(publisher.repo.tags) == {"v1.0"}
    assert publisher.repo.pulls == {"refs/pr/1": done.commit}
    assert (done.pull_request, done.tag) == ("refs/pr/1", None)
    again = publisher.publish(release, pr=True)
    assert again.nothing_to_do
    assert len(publisher.repo.pulls) == 1


def test_files_of_others_beside_ours_stay(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    publisher.repo.commit({"LICENSE": b"CC BY 4.0"})
    release = write_version(released, tmp_path, "1.1")
    publisher.publish(release)
    files = publisher.repo.commits[publisher.repo.tags["v1.1"]]
    assert files["LICENSE"].data == b"CC BY 4.0"


def test_a_plan_with_refusals_is_not_carried_out(publisher: Publisher, released: SmallRun) -> None:
    with pytest.raises(PublishRefusedError, match="--i-understand-ungated"):
        publisher.publish(released.release, public=True, gated="off")
    assert writing(publisher) == []


def test_a_release_that_changes_after_the_plan_is_not_sent(
    publisher: Publisher, released: SmallRun
) -> None:
    plan = publisher.plan(released.release)
    (released.release / "README.md").write_text("---\n{}\n---\n")
    with pytest.raises(ReleaseUnsoundError, match=r"README\.md: its bytes have changed"):
        publish(plan, waits=publisher.waits)
    assert writing(publisher) == []


def test_what_somebody_changed_since_the_plan_is_not_overwritten(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    plan = publisher.plan(write_version(released, tmp_path, "1.2"))
    publisher.publish(write_version(released, tmp_path, "1.1"))
    with pytest.raises(HubMovedError, match=r"nothing was overwritten \(got README\.md\)"):
        publish(plan, waits=publisher.waits)
    assert set(publisher.repo.tags) == {"v1.0", "v1.1"}


def test_other_bytes_read_back_are_told(publisher: Publisher, released: SmallRun) -> None:
    publisher.publish(released.release)
    repo = publisher.repo
    plan = publisher.plan(released.release)
    files = repo.commits[repo.tags["v1.0"]]
    files["README.md"] = replace(files["README.md"], data=b"other")
    with pytest.raises(HubUnlikeError, match=r"README\.md"):
        publish(plan, waits=publisher.waits)


def test_the_card_there_loads_the_set_by_the_repositorys_name(
    publisher: Publisher, released: SmallRun
) -> None:
    assert "PATH/TO/THIS/FOLDER" in (released.release / "README.md").read_text()
    publisher.publish(released.release)
    card = publisher.repo.commits[publisher.repo.tags["v1.0"]]["README.md"].data.decode()
    name = "me/or-bench"
    assert f'load_dataset("{name}", "or-bench-80k", split="train")' in card
    assert f'read_parquet("hf://datasets/{name}/or-bench-80k/*.parquet")' in card
    assert "PATH/TO" not in card


def test_the_manifest_differs_in_what_it_says_of_the_card_alone(
    publisher: Publisher, run: SmallRun, tmp_path: Path
) -> None:
    release = write_version(
        run, tmp_path, "1.0", change=lambda rows: rows.with_columns(in_toxic=pl.lit(False))
    )
    publisher.publish(release)
    files = publisher.repo.commits[publisher.repo.tags["v1.0"]]
    there = json.loads(files["manifest.json"].data)
    here = json.loads((release / "manifest.json").read_bytes())
    assert there.pop("card") != here.pop("card")
    assert there == here
