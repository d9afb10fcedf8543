"""The Hub double's write half, as the real client sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, constants
from huggingface_hub.errors import HfHubHTTPError

from tests.servers.hub.faults import Fault
from tests.servers.hub.server import TOKEN, Hub, serve_hub

REPO = "me/set"
LARGE = "a/train-00000-of-00001.parquet"
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    with serve_hub() as running:
        yield running


@pytest.fixture
def api(hub: Hub) -> HfApi:
    made = HfApi(endpoint=hub.endpoint, token=TOKEN)
    made.create_repo(REPO, repo_type="dataset", private=True)
    return made


def commit(api: HfApi, files: dict[str, bytes], **how: object) -> str:
    added = [CommitOperationAdd(path, data) for path, data in files.items()]
    done = api.create_commit(REPO, added, commit_message="m", repo_type="dataset", **how)  # type: ignore[arg-type,call-overload]
    return str(done.oid)


def refused(error: pytest.ExceptionInfo[HfHubHTTPError]) -> int:
    return int(error.value.response.status_code)


def test_a_repository_is_made_once_and_its_settings_are_kept(hub: Hub, api: HfApi) -> None:
    with pytest.raises(HfHubHTTPError) as error:
        api.create_repo(REPO, repo_type="dataset")
    assert refused(error) == 409
    api.create_repo(REPO, repo_type="dataset", exist_ok=True)
    api.update_repo_settings(REPO, repo_type="dataset", gated="manual", visibility="public")
    info = api.dataset_info(REPO)
    assert (info.private, info.gated) == (False, "manual")


def test_a_commit_adds_and_removes_small_and_large_files(hub: Hub, api: HfApi) -> None:
    commit(api, {"README.md": b"---\nlicense: mit\n---\n", LARGE: b"PAR1"})
    gone = [CommitOperationDelete(LARGE)]
    api.create_commit(REPO, gone, commit_message="m", repo_type="dataset")
    repo = hub.repos["datasets", REPO]
    assert set(repo.commits[repo.branches["main"]]) == {".gitattributes", "README.md"}
    assert [each.call for each in hub.requests if each.writes] == [
        *("create", "validate", "preupload", "batch", "upload", "verify", "commit"),
        "commit",
    ]


def test_bytes_that_are_there_already_are_not_uploaded_again(hub: Hub, api: HfApi) -> None:
    commit(api, {LARGE: b"PAR1"})
    commit(api, {"b/same.parquet": b"PAR1"})
    assert [each.call for each in hub.requests].count("upload") == 1


def test_a_commit_on_a_parent_that_is_no_longer_the_head_is_refused(hub: Hub, api: HfApi) -> None:
    first = commit(api, {"a.txt": b"1"})
    second = commit(api, {"a.txt": b"2"}, parent_commit=first)
    with pytest.raises(HfHubHTTPError) as error:
        commit(api, {"a.txt": b"3"}, parent_commit=first)
    assert refused(error) == 412
    assert hub.repos["datasets", REPO].branches["main"] == second


def test_a_pull_request_has_a_ref_and_leaves_main_alone(hub: Hub, api: HfApi) -> None:
    head = hub.repos["datasets", REPO].branches["main"]
    sha = commit(api, {"a.txt": b"1"}, create_pr=True)
    refs = api.list_repo_refs(REPO, repo_type="dataset", include_pull_requests=True)
    assert [(each.ref, each.target_commit) for each in refs.pull_requests or ()] == [
        ("refs/pr/1", sha)
    ]
    assert refs.branches[0].target_commit == head
    assert "a.txt" in api.list_repo_files(REPO, repo_type="dataset", revision="refs/pr/1")


def test_a_tag_is_set_once(hub: Hub, api: HfApi) -> None:
    api.create_tag(REPO, tag="v1", repo_type="dataset")
    with pytest.raises(HfHubHTTPError) as error:
        api.create_tag(REPO, tag="v1", repo_type="dataset")
    assert refused(error) == 409


@pytest.mark.parametrize(
    "front", ["license: [", "- a list", "license: my-own", "configs: [{data_files: x}]"]
)
def test_a_card_that_is_no_metadata_is_refused(hub: Hub, api: HfApi, front: str) -> None:
    with pytest.raises(ValueError, match="Invalid metadata"):
        commit(api, {"README.md": f"---\n{front}\n---\n".encode()})
    assert "README.md" not in api.list_repo_files(REPO, repo_type="dataset")


def test_only_the_owner_with_the_token_writes(hub: Hub, api: HfApi) -> None:
    with pytest.raises(HfHubHTTPError) as error:
        HfApi(endpoint=hub.endpoint, token=TOKEN).create_repo("you/set", repo_type="dataset")
    assert refused(error) == 403
    with pytest.raises(HfHubHTTPError) as error:
        HfApi(endpoint=hub.endpoint, token=False).create_tag(REPO, tag="v1", repo_type="dataset")
    assert refused(error) == 401
    hub.repos["datasets", REPO].writable = False
    with pytest.raises(HfHubHTTPError) as error:
        api.create_tag(REPO, tag="v1", repo_type="dataset")
    assert refused(error) == 403


def test_a_fault_strikes_the_call_that_it_is_planned_for(hub: Hub, api: HfApi) -> None:
    hub.faults.planned = [Fault("tag", "status", status=429, retry_after=3, first=2)]
    api.create_tag(REPO, tag="v1", repo_type="dataset")
    with pytest.raises(HfHubHTTPError) as error:
        api.create_tag(REPO, tag="v2", repo_type="dataset")
    assert refused(error) == 429
    assert error.value.response.headers["Retry-After"] == "3"
    api.create_tag(REPO, tag="v2", repo_type="dataset")
    assert set(hub.repos["datasets", REPO].tags) == {"v1", "v2"}
