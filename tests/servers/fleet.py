"""All models of a recipe on loopback: each plays what it is asked to, and refuses what it refuses.

A recipe stays as it is shipped: its addresses are the public ones, and what is sent to them goes to
the doubles. So its bodies are those that the real servers would get. What a server refuses is known
of the makers' own APIs; hosts of open weights (Together, OpenRouter, vLLM) refuse what no server of
OpenAI's protocol takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from inference.providers.boundary import Answer as HttpAnswer
from inference.providers.boundary import HttpClient
from tests.loopback import SEEDS_TEMPLATE
from tests.servers.anthropic_server import serve_anthropic
from tests.servers.chat import Answer, Behaviour, Body, question_of, schema_of, text_of
from tests.servers.classifiers import Choice, Classifier
from tests.servers.generations import EXTRA, REFUSALS, like
from tests.servers.guards import GuardModel
from tests.servers.judges import RefusalJudge
from tests.servers.mutators import Mutator
from tests.servers.openai_server import Server, serve
from tests.servers.refusers import Refusers
from tests.servers.style_judges import StyleJudge, is_judged
from tests.servers.text_completions import serve_text
from tests.servers.voters import Moderator
from tests.servers.writers import SeedWriter, Writer

_CHAT, _TEXT, _CLAUDE = "/chat/completions", "/completions", "/messages"


class _Anyone(dict[str, Mapping[str, float]]):
    """Every model refuses the same share."""

    def __init__(self, refused: float) -> None:
        super().__init__()
        self._refused = refused

    def __missing__(self, model: str) -> Mapping[str, float]:
        return {"": self._refused}


@dataclass(frozen=True)
class Player:
    """One model in whatever role a request asks of it; told by its schema and its instructions.

    Attributes:
        refused: Share of plain prompts that it refuses.
        toxic: Share of prompts that it calls toxic.
        risky: Share of prompts that it says sound risky.
        mutator: What it writes where a mutation is asked for.
    """

    refused: float = 0.1
    toxic: float = 0.1
    risky: float = 0.9
    mutator: Mutator = field(default_factory=Mutator)

    def __call__(self, body: Body) -> Answer:
        """Plays the role."""
        wanted = (schema_of(body) or {}).get("properties", {})
        question = question_of(body)
        if "toxic" in wanted:
            return Moderator(toxic=self.toxic, risky=self.risky)(body)
        if "second" in wanted:
            return Classifier(otherwise=Choice("fraud"))(body)
        if "label" in wanted:
            return RefusalJudge(otherwise="direct_answer")(body)
        if is_judged(body):
            return StyleJudge()(body)
        if wanted:
            return SeedWriter()(body) if SEEDS_TEMPLATE in question else Writer()(body)
        system = text_of(body["messages"][0])
        if body["messages"][0]["role"] == "system" and system != question:
            return self.mutator(body)
        return Refusers(_Anyone(self.refused))(body)


GUARDS: Mapping[str, Behaviour] = {
    "allenai/wildguard": GuardModel("wildguard", toxic=("poison",), marked=True)
}
"""Guards by their ids; the recipes ask WildGuard for text completions, with its marks."""


@dataclass
class Fleet:
    """The doubles of a recipe's models.

    Attributes:
        chat: OpenAI's protocol.
        text: The same, for text completions.
        claude: Anthropic's.
        hosts: The hosts that were asked.
    """

    chat: Server
    text: Server
    claude: Server
    hosts: set[str] = field(default_factory=set)

    def here(self, url: str) -> str:
        """Where a request to a public address goes."""
        parts = urlsplit(url)
        self.hosts.add(parts.hostname or "")
        for end, server in ((_CHAT, self.chat), (_TEXT, self.text), (_CLAUDE, self.claude)):
            if parts.path.endswith(end):
                return f"http://{urlsplit(server.base_url).netloc}{server.path}"
        raise AssertionError(f"no double for {url}")

    @property
    def refused(self) -> list[str]:
        """What was answered by a 4xx: the model and the status."""
        servers = (self.chat, self.text, self.claude)
        return [
            f"{call.body['model']}: {call.status}"
            for server in servers
            for call in server.calls
            if 400 <= call.status < 500
        ]


@contextmanager
def fleet(patch: pytest.MonkeyPatch, behaviour: Behaviour | None = None) -> Iterator[Fleet]:
    """Serves every model there is, and sends what would leave the machine to it.

    Args:
        patch: Undone at the end of the test.
        behaviour: Who answers; by default a `Player`, behind what each model's server refuses.
    """
    player = behaviour or Player()
    asked = _strict(player)
    with ExitStack() as stack:
        doubles = Fleet(
            stack.enter_context(serve(asked, extra=(*EXTRA, "reasoning", "random_seed"))),
            stack.enter_context(serve_text(asked)),
            stack.enter_context(serve_anthropic(asked)),
        )
        real: Callable[..., object] = HttpClient.send

        async def send(
            client: HttpClient, method: str, url: str, data: bytes | None = None
        ) -> HttpAnswer:
            return await real(client, method, doubles.here(url), data)  # type: ignore[misc,no-any-return]

        patch.setattr(HttpClient, "send", send)
        yield doubles


def _strict(player: Behaviour) -> Behaviour:
    def answer(body: Body) -> Answer:
        model = str(body["model"])
        who = GUARDS.get(model, player)
        return (like(model, who) if model in REFUSALS else who)(body)

    return answer
