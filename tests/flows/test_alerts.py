"""A message when a deployed run fails or a quality gate breaks: one each, with no prompt text."""

from __future__ import annotations

import email
import email.message
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import policy
from pathlib import Path
from typing import Any

import pytest

from flows.alerts import NAME, AddressUnusableError, require_address
from tests.flows.scheduled import Run, Scheduler, scheduler, serving
from tests.loopback import RECIPE, models, write_recipe
from tests.servers.openai_server import serve
from tests.servers.receivers import Mailbox, Receiver, receive, receive_mail

_MARK = "zqseedmark"
_EVERY_MINUTE = "* * * * *"
_GATE = "gates={min_per_category: 1000}"
_LONG_S = 600.0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("hooks.example.org/SECRET", "no scheme"),
        ("https:///SECRET", r"https:\.\.\."),
        ("mailto:me@example.org", r"mailto:\.\.\."),
        ("nosuch://SECRET@host", "nosuch"),
        ("//SECRET", "no scheme"),
    ],
)
def test_what_is_no_address_is_refused_without_its_secret(url: str, said: str) -> None:
    with pytest.raises(AddressUnusableError, match=f"--notify must be an address.*got {said}") as e:
        require_address(url)
    assert "SECRET" not in str(e.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/a",
        "HTTP://127.0.0.1:9/",
        "https://hooks.slack.com/services/T0AAAAAAA/B0AAAAAAA/aaaaaaaaaaaaaaaaaaaaaaaa",
        "mailto://me:word@example.org",
    ],
)
def test_web_slack_and_mail_are_addresses(url: str) -> None:
    require_address(url)


@dataclass(frozen=True, slots=True)
class World:
    """Everything that runs.

    Attributes:
        server: The Prefect server.
        hook: The web address that is told.
        recipe: A recipe that is good.
        said: What `refusery serve` printed.
    """

    server: Scheduler
    hook: Receiver
    recipe: Path
    said: Path

    def told(self, run: Run) -> list[dict[str, Any]]:
        """The messages of one run."""
        messages = [json.loads(body) for body in self.hook.bodies]
        return [each for each in messages if each["run_id"] == run["id"]]


def _seeds(folder: Path) -> str:
    lines = [f"How do I steal the {_MARK} number {number}?,illegal" for number in range(10, 16)]
    (folder / "seeds.csv").write_text("\n".join(["prompt,category", *lines]), encoding="utf-8")
    source = "{{from: seeds.csv, license: cc-by-4.0, redistribute: yes}}"
    return RECIPE.replace("{{from: shipped}}", source)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server, models, a receiver, and `refusery serve --notify`, whose recipe soon breaks."""
    folder = tmp_path_factory.mktemp("alerts")
    with receive() as hook, serve(models()) as server, scheduler(folder) as prefect:
        broken = write_recipe(folder, server.base_url, _seeds(folder))
        good = folder / "good.yaml"
        good.write_text(broken.read_text())
        arguments = (str(broken), "--monthly", _EVERY_MINUTE)
        with serving(prefect, *arguments, REFUSERY_NOTIFY=hook.url) as said:
            broken.write_text(f"benchmark: or-bench\nrewrite: [{_MARK}]\n")
            yield World(prefect, hook, good, said)


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + _LONG_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.5)


def _settled(world: World, run: Run) -> list[dict[str, Any]]:
    """The messages of a run, once one has come and a later run's could have come too."""
    _until(lambda: bool(world.told(run)))
    return world.told(run)


@pytest.mark.slow
@pytest.mark.timeout(1800)
class TestServed:
    """At a real Prefect server, by `refusery serve --notify`."""

    def test_a_run_by_the_clock_that_fails_is_told_of_once(self, world: World) -> None:
        # A busy server takes a while to know of a new automation: earlier runs are not told of.
        first = world.server.ended(lambda: _told(world), _LONG_S)
        second = world.server.ended(lambda: _told(world)[1:], _LONG_S)
        assert first["auto_scheduled"]
        _settled(world, second)
        (message,) = world.told(first)
        assert message["deployment"] == "regenerate-loop"
        assert message["state"] == "Failed"
        assert message["message"] == first["state"]["message"]
        assert message["recipe"].endswith("loop.yaml")
        assert set(world.hook.types) == {"application/json"}

    def test_a_gate_that_breaks_is_told_of_once_with_rule_and_value(self, world: World) -> None:
        out = str(world.server.folder / "out")
        given = {"recipe": str(world.recipe), "out": out, "overrides": [_GATE]}
        run = _started(lambda: world.server.start("regenerate-loop", **given))
        assert (run["state_type"], run["state_name"]) == ("FAILED", "GateBroken")
        later = world.server.start("audit-or-bench", release=str(world.recipe))  # no release
        assert later["state_type"] == "FAILED"
        _settled(world, later)
        (message,) = world.told(run)
        assert message["state"] == "GateBroken"
        assert "gates.min_per_category must be at least 1000" in message["message"]
        assert "(got " in message["message"]

    def test_a_run_that_is_well_is_not_told_of(self, world: World) -> None:
        run = world.server.start("audit-or-bench")
        assert run["state_name"] == "NothingToDo"
        later = world.server.start("audit-or-bench", release=str(world.recipe))
        _settled(world, later)
        assert world.told(run) == []

    def test_mail_takes_the_place_of_the_web_address(self, world: World) -> None:
        with receive_mail() as mailbox:
            where = f"mailto://127.0.0.1:{mailbox.port}?from=refusery@example.org&to=us@example.org"
            _set_alerts(world, where)
            run = world.server.start("audit-or-bench", release=str(world.recipe))
            _until(lambda: any(run["name"] in mail for mail in _texts(mailbox)))
            (mail,) = [mail for mail in _texts(mailbox) if run["name"] in mail]
            _set_alerts(world, world.hook.url)
        assert "refusery: audit-or-bench Failed" in mail
        assert "manifest.json" in mail
        assert "us@example.org" in mailbox.recipients
        assert _MARK not in mail
        assert world.told(run) == []

    def test_no_message_holds_text_and_nobody_prints_the_address(self, world: World) -> None:
        assert world.hook.bodies
        for body in world.hook.bodies:
            assert _MARK.encode() not in body
        assert "a-secret-path" not in world.said.read_text()
        assert "a-secret-path" not in (world.server.folder / "server.log").read_text()

    def test_the_automation_can_be_looked_at_paused_and_deleted(self, world: World) -> None:
        assert "a-secret-path" not in _prefect(world, "automation", "inspect", NAME)
        for verb in ("pause", "resume", "delete"):
            _prefect(world, "automation", verb, NAME)
        assert world.server.ask("/automations/filter", {}) == []


def _told(world: World) -> list[Run]:
    """The failed runs that a message has come of."""
    return [run for run in _failed(world) if world.told(run)]


def _started(start: Callable[[], Run]) -> Run:
    """A run that met none by the clock: one that does is cancelled."""
    until = time.monotonic() + _LONG_S
    while (run := start())["state_type"] == "CANCELLED":
        assert time.monotonic() < until
        time.sleep(1.0)
    return run


def _set_alerts(world: World, url: str) -> None:
    """As a team does that has workers and no `serve`."""
    program = "import sys; from flows.alerts import set_alerts; set_alerts(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", program, url],
        cwd=world.server.folder, env=world.server.environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _prefect(world: World, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        cwd=world.server.folder, env=world.server.environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _texts(mailbox: Mailbox) -> list[str]:
    """Subject and text of each mail."""
    mails = [email.message_from_string(each, policy=policy.default) for each in mailbox.mails]
    return [f"{mail['subject']}\n{_body(mail)}" for mail in mails]


def _body(mail: email.message.EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    return "" if part is None else str(part.get_content())


def _failed(world: World) -> list[Run]:
    return [run for run in world.server.runs("regenerate-loop") if run["state_type"] == "FAILED"]
