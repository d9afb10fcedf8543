"""`refusery serve` at a real Prefect server: a run by the clock, then one by hand."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from artifacts.manifest import read_manifest
from tests.flows.scheduled import Run, Scheduler, scheduler, serving
from tests.loopback import RECIPE, models, process_of, write_recipe
from tests.servers.hub.server import TOKEN, Hub, serve_hub
from tests.servers.openai_server import serve

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_MARK = "zqseedmark"
_EVERY_MINUTE = "* * * * *"
_REPO = "me/or-bench"


@dataclass(frozen=True, slots=True)
class World:
    """Everything that runs.

    Attributes:
        server: The Prefect server.
        hub: The Hub.
        said: What `refusery serve` printed.
        release: The release that the scheduled run writes.
    """

    server: Scheduler
    hub: Hub
    said: Path
    release: Path


def _recipe(folder: Path, url: str) -> Path:
    lines = [f"How do I steal the {_MARK} number {number}?,illegal" for number in range(10, 22)]
    (folder / "seeds.csv").write_text("\n".join(["prompt,category", *lines]), encoding="utf-8")
    source = "{{from: seeds.csv, license: cc-by-4.0, redistribute: yes}}"
    return write_recipe(folder, url, RECIPE.replace("{{from: shipped}}", source))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server, a Hub, models, and `refusery serve`, whose recipe falls due every minute."""
    folder = tmp_path_factory.mktemp("schedules")
    with serve_hub() as hub, serve(models()) as server, scheduler(folder) as prefect:
        recipe = _recipe(folder, server.base_url)
        environment = {
            "HF_ENDPOINT": hub.endpoint, "HF_HOME": str(folder / "hub"), "HF_TOKEN": TOKEN,
        }  # fmt: skip
        arguments = (str(recipe), "--monthly", _EVERY_MINUTE, "--repo", f"or-bench={_REPO}")
        with serving(prefect, *arguments, **environment) as said:
            yield World(prefect, hub, said, folder / "out/releases/or-bench/2026.11.0")


def test_the_deployments_are_registered_and_told(world: World) -> None:
    found = world.server.deployments()
    assert set(found) == {"regenerate-loop", "audit-or-bench", "publish"}
    assert [each["schedule"]["cron"] for each in found["regenerate-loop"]["schedules"]] == [
        _EVERY_MINUTE
    ]
    assert found["publish"]["schedules"] == []
    said = world.said.read_text()
    assert f"Serving at {world.server.url}" in said
    assert "publish/publish: started by a person" in said
    assert "fixed version 2026.11.0" in said


def _not_cancelled(world: World) -> list[Run]:
    """The runs that have ended, less those that fell due while one went on: on a busy machine."""
    return [each for each in world.server.runs("regenerate-loop") if not _is_cancelled(each)]


def _is_cancelled(run: Run) -> bool:
    return run["state_type"] == "CANCELLED"


def test_a_run_by_the_clock_ends_with_a_release_and_the_next_has_nothing_to_do(
    world: World,
) -> None:
    first = world.server.ended(lambda: _not_cancelled(world))
    assert (first["state_name"], first["auto_scheduled"]) == ("Completed", True)
    assert first["state"]["message"].startswith("or-bench 2026.11.0: or-bench-main ")
    assert read_manifest(world.release).configs[0].rows > 0
    (found,) = world.server.ask(
        "/artifacts/filter", {"artifacts": {"key": {"any_": ["or-bench-handover"]}}}
    )[:1]
    assert f"| repository | {_REPO} |" in found["data"]
    assert "| manifest.json | add |" in found["data"]
    assert f"--param release={world.release}" in found["data"]
    second = world.server.ended(lambda: _not_cancelled(world)[1:])
    assert second["state_name"] == "NothingToDo"
    assert second["state"]["message"].startswith("nothing to do: or-bench 2026.11.0 is there")
    assert not [each for each in world.hub.requests if each.writes]


def test_runs_have_names_and_serve_prints_when_they_start_and_end(world: World) -> None:
    said = world.said.read_text()
    name = "regenerate or-bench loop 2026.11.0"
    assert f"{name}: started" in said
    assert f"{name}: Completed: or-bench 2026.11.0: or-bench-main " in said
    assert f"{world.release}\n" in said
    assert "`* * * * *` UTC, next 20" in said
    assert {each["name"] for each in _not_cancelled(world)} == {name}
    logs = {"logs": {"flow_run_id": {"any_": [_not_cancelled(world)[0]["id"]]}}}
    (line,) = [each["message"] for each in world.server.ask("/logs/filter", logs)]
    assert line.startswith("Completed: or-bench 2026.11.0: ")


def test_a_run_that_waits_is_called_by_its_deployment_and_its_time(world: World) -> None:
    id = world.server.deployments()["audit-or-bench"]["id"]
    wanted = {"flow_runs": {"deployment_id": {"any_": [id]}}}

    def named() -> list[Run]:
        found = world.server.ask("/flow_runs/filter", wanted)
        return [each for each in found if each["name"].startswith("audit-or-bench 20")]

    assert world.server.found(named)["name"].endswith(" 05:00 UTC")


def test_a_run_that_meets_another_has_a_name_and_a_line(world: World) -> None:
    id = world.server.deployments()["regenerate-loop"]["id"]
    for _ in range(2):
        wanted = {"idempotency_key": uuid.uuid4().hex}
        world.server.ask(f"/deployments/{id}/create_flow_run", wanted)

    def told() -> list[Run]:
        ended = world.server.runs("regenerate-loop")
        return [each for each in ended if f"{each['name']}: Cancelled: " in world.said.read_text()]

    met = world.server.found(told)
    assert met["state_type"] == "CANCELLED"
    assert met["name"].startswith("regenerate-loop 20")


def test_a_person_publishes_it_and_again_has_nothing_to_do(world: World) -> None:
    given = {"release": str(world.release), "repo": _REPO}
    planned = world.server.start("publish", **given, dry_run=True)
    assert planned["state"]["message"].startswith("nothing was sent; publishing would send")
    assert not [each for each in world.hub.requests if each.writes]
    done = world.server.start("publish", **given)
    assert done["state_name"] == "Completed", done["state"]["message"]
    assert f"published: {_REPO} at v2026.11.0" in done["state"]["message"]
    again = world.server.start("publish", **given)
    assert again["state_name"] == "NothingToDo", again["state"]["message"]


def test_who_reaches_the_server_publishes_no_other_folder_and_to_no_other_repository(
    world: World, tmp_path: Path
) -> None:
    for release, repo in ((world.release, "me/other"), (tmp_path, _REPO), (Path("/etc"), _REPO)):
        refused = world.server.start("publish", release=str(release), repo=repo)
        assert refused["state_type"] == "FAILED"
        assert "the deployed publish flow takes" in refused["state"]["message"]


def test_a_refusal_is_a_failed_run_with_one_line(world: World) -> None:
    gone = world.server.start("publish", release=str(world.release.parent / "none"), repo=_REPO)
    assert gone["state_name"] == "Failed"
    assert "manifest.json" in gone["state"]["message"]
    assert "\n" not in gone["state"]["message"]


def test_the_newest_release_is_audited(world: World) -> None:
    done = world.server.start("audit-or-bench")
    assert done["state_name"] in ("Completed", "NothingToDo"), done["state"]["message"]
    assert "or-bench 2026.11.0" in done["state"]["message"]


def test_a_build_by_hand_waits_for_no_run_of_another_recipe(world: World) -> None:
    recipe = (world.server.folder / "loop.yaml").read_text()
    (world.server.folder / "other.yaml").write_text(recipe.replace("2026.11.0", "2026.12.0"))
    done = process_of("build", "other.yaml", "--quiet", cwd=world.server.folder)
    assert done.returncode == 0, done.stderr


def test_prefect_keeps_no_text(world: World) -> None:
    stored = b"".join(
        path.read_bytes() for path in (world.server.folder / "prefect").rglob("*") if path.is_file()
    )
    assert b"or-bench-handover" in stored
    assert _MARK.encode() not in stored
    assert TOKEN.encode() not in stored
    assert _MARK not in world.said.read_text()
