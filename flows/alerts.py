"""A message when a deployed run fails: a Prefect automation at the server, and where it sends to.

The server sends it, so that a run whose process was killed is told of too. Nothing is sent anywhere
unless somebody has given an address.
"""

import re
import warnings
from contextlib import suppress
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from prefect.blocks.core import Block
from prefect.blocks.notifications import SlackWebhook
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import get_client
from prefect.events.actions import CallWebhook, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.types import SecretDict
from pydantic import SecretStr

from flows.deployments import TAG
from flows.scheduled import GATE_BROKEN
from pipelines.errors import PipelineError

NAME = "refusery-alerts"
"""Of the automation and of its block: a new address takes the place of the last."""

ENDINGS = ("Failed", GATE_BROKEN, "Crashed", "TimedOut")
"""The states that are told of, by name."""


class AddressUnusableError(PipelineError):
    """Messages cannot be sent to such an address."""

    exit_code = 2


_WEB = ("http", "https")
_SLACK = "hooks.slack.com"
_SCHEME = re.compile("[a-z][a-z0-9]*")

# Names, a state and the line that names rule and value; `flow_run.state` is that of the event.
_JSON = """\
{"deployment": {{ deployment.name|tojson }}, "run": {{ flow_run.name|tojson }}, \
"state": {{ flow_run.state.name|tojson }}, "message": {{ flow_run.state.message|tojson }}, \
"recipe": {{ flow_run.parameters.recipe|default(none)|tojson }}, \
"run_id": {{ flow_run.id|string|tojson }}}"""
_SUBJECT = "refusery: {{ deployment.name }} {{ flow_run.state.name }}"
_BODY = "{{ flow_run.state.message }}\nrun {{ flow_run.name }} of {{ deployment.name }}"


def require_address(url: str) -> None:
    """Refuses an address that messages cannot go to.

    Raises:
        AddressUnusableError: It has none, or names no server or mailbox. Only the scheme is named:
            the rest may be a secret.
    """
    try:
        parts = urlsplit(url)
        there = bool(parts.hostname if parts.scheme.lower() in _WEB else parts.netloc)
        there &= parts.port is None or parts.port > 0
    except ValueError:
        parts, there = urlsplit(url.partition(":")[0] + ":"), False
    scheme = parts.scheme.lower()
    if not _SCHEME.fullmatch(scheme) or not there:
        rule = "--notify must be an address such as https://HOST/PATH or mailto://USER:PASS@HOST"
        raise AddressUnusableError(rule, f"{scheme}:..." if scheme else "no scheme")
    if not _takes_json(url):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it loads a hundred modules, some with old imports
            import apprise

            known = apprise.Apprise().add(url)
        if not known:
            raise AddressUnusableError("--notify must be an address that Apprise knows", scheme)


def _takes_json(url: str) -> bool:
    """Whether it is a web address that is no other program's own."""
    parts = urlsplit(url)
    return parts.scheme.lower() in _WEB and parts.hostname != _SLACK


def set_alerts(url: str) -> None:
    """Has the Prefect server send a message to an address whenever a deployed run fails.

    An http(s) address gets a POST with JSON: deployment, run, state, message, recipe. Every other
    one is Apprise's (`mailto://` for mail), as is a webhook of Slack, and gets a subject and two
    lines. What was set before is replaced.

    Raises:
        AddressUnusableError: It is no such address.
    """
    require_address(url)
    action: CallWebhook | SendNotification
    if _takes_json(url):
        told = {"Content-Type": "application/json"}
        hook = Webhook(url=SecretStr(url), headers=SecretDict(told))
        action = CallWebhook(block_document_id=_saved(hook), payload=_JSON)
    else:
        # Prefect has no block for a mailbox; that for Slack hands every address on to Apprise.
        mail = SlackWebhook(url=SecretStr(url))
        action = SendNotification(block_document_id=_saved(mail), subject=_SUBJECT, body=_BODY)
    wanted = AutomationCore(
        name=NAME,
        description="Tells of deployed runs of Refusery that fail or break a quality gate",
        trigger=EventTrigger(
            expect={f"prefect.flow-run.{state}" for state in ENDINGS},
            match={"prefect.resource.id": "prefect.flow-run.*"},
            # A flow that a deployed run calls has no deployment: it fails with it, and is one.
            match_related=[
                {"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{TAG}"},
                {"prefect.resource.role": "deployment"},
            ],
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
        ),
        actions=[action],
    )
    with get_client(sync_client=True) as client:
        for before in client.read_automations_by_name(NAME):
            client.delete_automation(before.id)
        client.create_automation(wanted)


def _saved(block: Block) -> UUID:
    """Keeps the address at the server, encrypted, in place of the last; gives its id there."""
    for other in (Webhook, SlackWebhook):
        if not isinstance(block, other):
            with suppress(ValueError):  # there is none
                other.delete(NAME)
    return cast("UUID", block.save(NAME, overwrite=True))
