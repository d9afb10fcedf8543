"""Which Prefect servers any page in a browser could call, and what may be published from there."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.hub.values import PublishRefusedError
from flows.deployments import ServerOpenError, require_server
from flows.publish_scope import OUT, REPOS, require_allowed, scope_of
from flows.server_access import look_at
from tests.servers.prefect_api import serve_prefect

_MINE = "http://127.0.0.1:4200"


@pytest.mark.parametrize(
    ("password", "origins", "csrf", "is_open", "said"),
    [
        (False, "*", False, True, "no password, any origin allowed, no CSRF tokens"),
        (False, "*", True, True, "no password, any origin allowed"),
        (False, _MINE, False, True, "no password, no CSRF tokens"),
        (False, _MINE, True, False, "no password"),
        (True, "*", False, False, "any origin allowed, no CSRF tokens"),
    ],
)
def test_a_server_is_open_to_pages_unless_a_password_or_tokens_and_origins_lock_it(
    password: bool, origins: str, csrf: bool, is_open: bool, said: str
) -> None:
    with serve_prefect(password=password, origins=origins, csrf=csrf) as url:
        found = look_at(url)
    assert (found.open_to_pages, str(found)) == (is_open, said)


def test_a_server_as_prefect_starts_it_is_refused_unless_told_otherwise(server: None) -> None:
    with pytest.raises(ServerOpenError) as caught:
        require_server()
    line = str(caught.value)
    assert line.endswith("(got no password, any origin allowed, no CSRF tokens)")
    assert "PREFECT_SERVER_API_AUTH_STRING" in line and "--open-server" in line
    assert require_server(open_to_pages=True).startswith("http://127.0.0.1:")


def test_the_deployed_flow_takes_releases_of_its_folder_and_listed_repositories(
    tmp_path: Path,
) -> None:
    scope = scope_of(tmp_path / "out", ["me/set"], {REPOS: "me/other, you/third"})
    release = tmp_path / "out" / "releases" / "or-bench" / "2026.11.0"
    release.mkdir(parents=True)
    for repo in ("me/set", "me/other", "you/third"):
        require_allowed(release, repo, scope)
    (tmp_path / "out" / "releases" / "link").symlink_to(tmp_path)
    for outside in (tmp_path, release / ".." / ".." / "..", tmp_path / "out/releases/link"):
        with pytest.raises(PublishRefusedError, match="takes releases below releases/"):
            require_allowed(outside, "me/set", scope)
    with pytest.raises(PublishRefusedError, match=f"the repositories of {REPOS} alone"):
        require_allowed(release, "evil/set", scope)
    with pytest.raises(PublishRefusedError, match=f"told its output folder .{OUT}"):
        require_allowed(release, "me/set", {})
