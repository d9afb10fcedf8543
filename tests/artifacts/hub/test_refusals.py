"""What is not published: one line says why, and the repository is as it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from artifacts.hub.values import PublishRefusedError, ReleaseUnsoundError
from artifacts.manifest import Recipe, SourceRecord, read_manifest
from artifacts.release import write_release
from base.errors import RecordUnreadableError
from tests.artifacts.hub.published import (
    Publisher,
    refused,
    write_card_again,
    write_manifest_again,
    write_version,
)
from tests.artifacts.small_run import SmallRun
from tests.servers.hub.repos import Repo

SHARD = "or-bench-80k/train-00000-of-00001.parquet"


def test_rows_that_may_not_be_given_on_are_refused_whatever_is_asked(
    publisher: Publisher, released: SmallRun
) -> None:
    configs = json.loads((released.release / "manifest.json").read_bytes())["configs"]
    configs[0]["redistribute"] = False
    write_manifest_again(released.release, configs=configs)
    unsafe = ("or-bench-toxic",)
    why = refused(publisher, released.release, demo=True, understood=unsafe, pr=True)
    assert why.startswith("every row's source must allow redistribution")


def test_unsafe_rows_go_into_no_public_repository_without_a_gate(
    publisher: Publisher, released: SmallRun
) -> None:
    why = refused(publisher, released.release, public=True, gated="off")
    assert why.startswith("or-bench-toxic must be gated or private")
    publisher.publish(released.release, public=True, gated="off", understood=("or-bench-toxic",))
    assert (publisher.repo.private, publisher.repo.gated) == (False, False)


def test_every_config_of_a_fine_grained_set_is_unsafe(
    publisher: Publisher, run: SmallRun, tmp_path: Path
) -> None:
    release = write_version(run, tmp_path, "1.0", benchmark="sorry-bench")
    lines = publisher.refusals(release, public=True, gated="off").splitlines()
    assert [line.split(" ")[0] for line in lines] == [
        "or-bench-80k",
        "or-bench-hard-1k",
        "or-bench-toxic",
    ]


def test_a_config_with_its_seeds_texts_is_unsafe_whatever_it_is_called(
    publisher: Publisher, run: SmallRun, tmp_path: Path
) -> None:
    named = (replace(view, rows=view.rows.rename({"seed_id": "seed"})) for view in run.views())
    views = [replace(view, schema=view.rows.schema) for view in named]
    write_release(tmp_path / "1.0", views, run.facts(version="1.0"))
    unsafe = ("or-bench-toxic",)
    why = refused(publisher, tmp_path / "1.0", public=True, gated="off", understood=unsafe)
    assert why.startswith("or-bench-80k must be gated or private")


def test_a_source_without_a_licence_is_refused_whatever_else_is_said_of_it(
    publisher: Publisher, run: SmallRun, tmp_path: Path
) -> None:
    source = SourceRecord("prior.csv", None, None, None, True, 2)
    release = write_version(run, tmp_path, "1.0", sources=(source,))
    assert (
        refused(publisher, release) == "every source must state a licence (got none for prior.csv)"
    )


def test_an_understood_config_must_be_an_unsafe_one(
    publisher: Publisher, released: SmallRun
) -> None:
    why = refused(publisher, released.release, understood=("or-bench-80k",))
    assert "must name an unsafe config: or-bench-toxic (got or-bench-80k)" in why


def test_a_demo_is_published_only_where_it_is_asked_for(
    publisher: Publisher, run: SmallRun, tmp_path: Path
) -> None:
    release = write_version(run, tmp_path, "1.0", demo=True)
    assert "--demo" in refused(publisher, release)
    publisher.publish(release, demo=True)
    assert "v1.0" in publisher.repo.tags


def test_an_unknown_licence_is_refused(publisher: Publisher, run: SmallRun, tmp_path: Path) -> None:
    release = write_version(run, tmp_path, "1.0", license="my-own")
    assert refused(publisher, release) == "release.license must be a known licence (got my-own)"


@pytest.mark.parametrize(
    ("recipe", "key"),
    [
        ("models: {a: {model: m, base_url: 'http://gw.corp.internal/v1'}}", "models.a.base_url"),
        ("models: {a: {model: m, key_env: MY_KEY}}", "models.a.key_env"),
        ("dedup: {encoder: /home/ann/encoder}", "dedup.encoder"),
    ],
)
def test_a_release_of_an_earlier_version_with_private_keys_is_refused(
    publisher: Publisher, run: SmallRun, tmp_path: Path, recipe: str, key: str
) -> None:
    release = write_version(run, tmp_path, "1.0", recipe=Recipe.of("small", recipe))
    line = refused(publisher, release)
    assert line.startswith("a manifest must hold no address, key name or folder")
    assert line.endswith(f"(got {key} in its recipe)")


def test_a_manifest_without_end_in_a_repository_is_none_of_ours(
    publisher: Publisher, released: SmallRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("artifacts.hub.repository.LARGEST_RECORD", 1_000_000)
    there(publisher, {"manifest.json": b'{"format": 9, "what": "' + b"x" * 3_000_000 + b'"}'})
    why = refused(publisher, released.release)
    assert "format" not in why and "must" in why


@pytest.mark.parametrize(
    "data", [b"[" * 5_000, b'{"format": Infinity}', b'{"format": 1, "configs": 7}']
)
def test_an_odd_manifest_in_a_repository_is_none_of_ours(
    publisher: Publisher, released: SmallRun, data: bytes
) -> None:
    there(publisher, {"manifest.json": data})
    assert "must" in refused(publisher, released.release)


def remove_shard(release: Path) -> None:
    (release / SHARD).unlink()


def add_shard(release: Path) -> None:
    (release / "or-bench-80k/train-00001-of-00002.parquet").write_bytes(
        (release / SHARD).read_bytes()
    )


def change_shard(release: Path) -> None:
    (release / SHARD).write_bytes((release / SHARD).read_bytes() + b"x")


def break_card(release: Path) -> None:
    write_card_again(release, lambda card: card.replace("license: ", "license: [", 1))


def take_front_matter(release: Path) -> None:
    write_card_again(release, lambda card: card.replace("---\n", "", 1))


def take_a_feature(release: Path) -> None:
    write_card_again(release, lambda card: card.replace("  - name: prompt\n", "  - name: text\n"))


def in_front(release: Path, more: str) -> None:
    write_card_again(release, lambda card: card.replace("---\n", f"---\n{more}\n", 1))


def bomb_of_aliases(release: Path) -> None:
    lines = ["a0: &a0 [1, 2]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    in_front(release, "\n".join(lines))


def merge_keys(release: Path) -> None:
    in_front(release, "x: &x {a: 1}\ny: {<<: *x}")


def nest(release: Path) -> None:
    in_front(release, f"x: {'[' * 100_000}")


def odd_features(release: Path) -> None:
    write_card_again(
        release, lambda card: card.replace("  - name: prompt\n", "  - 7\n  - name: p\n")
    )


def no_text(release: Path) -> None:
    card = b"---\nlicense: \xff\xfe\n---\n"
    (release / "README.md").write_bytes(card)
    stated = {"name": "README.md", "sha256": hashlib.sha256(card).hexdigest(), "bytes": len(card)}
    write_manifest_again(release, card=stated)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (remove_shard, "or-bench-80k/train-00000-of-00001.parquet"),
        (add_shard, "train-00001-of-00002.parquet: the manifest does not know this file"),
        (change_shard, "or-bench-80k/train-00000-of-00001.parquet"),
        (break_card, "the card's front matter must be YAML (got README.md, line"),
        (take_front_matter, "the card must begin with front matter"),
        (bomb_of_aliases, "the card's front matter: YAML must have at most"),
        (merge_keys, "the card's front matter: YAML must have no merge keys"),
        (nest, "the card's front matter: YAML must be nested at most 100 levels deep"),
        (odd_features, "the card's features must be the columns of the shards"),
        (no_text, "the card must be text in UTF-8"),
        (take_a_feature, "the card's features must be the columns of the shards"),
    ],
)
def test_a_release_that_is_not_what_its_manifest_says_is_refused(
    publisher: Publisher, released: SmallRun, damage: Callable[[Path], None], said: str
) -> None:
    damage(released.release)
    with pytest.raises(ReleaseUnsoundError) as caught:
        publisher.plan(released.release)
    assert said in str(caught.value)
    assert caught.value.exit_code == 2
    assert publisher.hub.requests == []


def test_a_manifest_of_a_newer_format_is_refused(publisher: Publisher, released: SmallRun) -> None:
    write_manifest_again(released.release, format=2)
    with pytest.raises(RecordUnreadableError, match="it is of format 2"):
        publisher.plan(released.release)


def test_a_folder_without_a_release_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(RecordUnreadableError, match=r"manifest\.json must be readable"):
        publisher.plan(tmp_path)


@pytest.mark.parametrize("repo", ["or-bench", "me/or/bench", "me/", "me/or bench"])
def test_a_repository_must_have_an_owner_and_a_name(
    publisher: Publisher, released: SmallRun, repo: str
) -> None:
    with pytest.raises(PublishRefusedError, match="--repo must be owner/name"):
        publisher.plan(released.release, repo)


def test_a_tag_must_be_one(publisher: Publisher, released: SmallRun) -> None:
    with pytest.raises(PublishRefusedError, match="--tag must be letters"):
        publisher.plan(released.release, tag="a b")


def manifest_of(release: Path, **changes: object) -> bytes:
    return json.dumps({**json.loads((release / "manifest.json").read_bytes()), **changes}).encode()


def there(publisher: Publisher, files: dict[str, bytes]) -> Repo:
    return publisher.hub.dataset("me/or-bench", {".gitattributes": b"", **files})


def test_a_repository_with_other_content_stays_as_it_is(
    publisher: Publisher, released: SmallRun
) -> None:
    repo = there(publisher, {"data.csv": b"a,b\n"})
    why = refused(publisher, released.release)
    assert "must be empty or hold a release of or-bench (got data.csv)" in why
    assert len(repo.commits) == 1
    assert (repo.private, repo.gated) == (False, False)


def test_a_repository_of_another_benchmark_stays_as_it_is(
    publisher: Publisher, released: SmallRun
) -> None:
    there(publisher, {"manifest.json": manifest_of(released.release, benchmark="sorry-bench")})
    why = refused(publisher, released.release)
    assert why == "repository must hold releases of or-bench (got sorry-bench)"


def test_a_repository_with_a_manifest_of_a_newer_format_stays_as_it_is(
    publisher: Publisher, released: SmallRun
) -> None:
    there(publisher, {"manifest.json": b'{"format": 9, "what": "else"}'})
    why = refused(publisher, released.release)
    assert why == "the repository's manifest.json must be of format 1 at most (got 9)"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("README.md", b"---\n{}\n---\nmine"),
        (SHARD, None),
        ("or-bench-80k/train-00001-of-00002.parquet", b"PAR1"),
    ],
)
def test_files_of_ours_that_somebody_changed_are_not_overwritten(
    publisher: Publisher, released: SmallRun, tmp_path: Path, path: str, data: bytes | None
) -> None:
    publisher.publish(released.release)
    publisher.repo.commit({path: data})
    why = refused(publisher, write_version(released, tmp_path, "1.1"))
    assert f"nothing is overwritten (changed: {path})" in why


def test_a_file_of_others_where_one_of_ours_is_to_be_stays(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    publisher.repo.commit({"report.html": b"mine"})
    why = refused(publisher, write_version(released, tmp_path, "1.1", report="figures"))
    assert why == "a file that is not ours must not be overwritten (got report.html)"


def test_a_version_older_than_what_is_there_is_refused(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(write_version(released, tmp_path, "2026.10.0"))
    why = refused(publisher, write_version(released, tmp_path, "2026.9.1"))
    assert why == "release must be newer than 2026.10.0, which is there (got 2026.9.1)"


def test_a_version_is_not_published_twice_with_other_rows(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    other = write_version(
        released, tmp_path, "1.0", change=lambda rows: rows.with_columns(in_hard=pl.lit(False))
    )
    head = publisher.repo.branches["main"]
    assert refused(publisher, other).startswith("tag v1.0 must be free or name this release")
    why = refused(publisher, other, tag="v1.0-again")
    assert why.startswith("a published version must not change")
    assert publisher.repo.branches["main"] == head


def test_a_tag_on_another_commit_is_refused(
    publisher: Publisher, released: SmallRun, tmp_path: Path
) -> None:
    publisher.publish(released.release)
    why = refused(publisher, write_version(released, tmp_path, "1.1"), tag="v1.0")
    assert why.startswith("tag v1.0 must be free or name this release (got one on commit")


def test_a_pull_request_needs_a_repository_and_changes_no_settings(
    publisher: Publisher, released: SmallRun
) -> None:
    lines = publisher.refusals(released.release, pr=True, public=True).splitlines()
    assert lines[0].startswith("a pull request's repository must be there")
    assert lines[1].startswith("a pull request must leave settings and tags alone")


def test_a_pull_request_shows_unsafe_rows_to_everybody_where_the_repository_does(
    publisher: Publisher, released: SmallRun
) -> None:
    there(publisher, {})
    assert refused(publisher, released.release, pr=True).startswith("or-bench-toxic must be gated")


def test_a_card_that_the_hub_does_not_take_is_refused_before_anything_is_made(
    publisher: Publisher, released: SmallRun
) -> None:
    write_card_again(
        released.release, lambda card: card.replace("license: cc-by-4.0", "license: mine", 1)
    )
    with pytest.raises(PublishRefusedError, match="must be one that the Hub takes"):
        publisher.publish(released.release)
    assert publisher.hub.repos == {}
    assert read_manifest(released.release).license == "cc-by-4.0"
