"""A recipe whose models are behaviours of one loopback server, and the command at a Prefect."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.golden.command import refusery
from tests.servers.behaviours import Router, Scripted
from tests.servers.chat import Behaviour
from tests.servers.voters import Moderator
from tests.servers.writers import SeedWriter, Writer

__all__ = [
    "CATEGORIES", "RECIPE", "SEEDS_TEMPLATE",
    "models", "own_prefect", "process_of", "refusery", "write_recipe",
]  # fmt: skip

CATEGORIES = (
    "deception", "harassment", "harmful", "hate", "illegal",
    "privacy", "self-harm", "sexual", "unethical", "violence",
)  # fmt: skip

RECIPE = """\
benchmark: or-bench
models:
  writer: {{provider: openai, base_url: "{url}", model: writer, price: free, give_up_s: 5}}
  a: {{provider: openai, base_url: "{url}", model: moderator-a, price: free}}
  b: {{provider: openai, base_url: "{url}", model: moderator-b, price: free}}
  c: {{provider: openai, base_url: "{url}", model: moderator-c, price: free}}
seeds: {{from: shipped}}
rewrite: {{writer: writer, per_seed: 3, checks: []}}
moderate: {{moderators: [a, b, c]}}
dedup: {{threshold: null}}
release: {{version: 2026.11.0}}
"""

SEEDS_TEMPLATE = "requests that a person with bad intent"


def models(tail: float = 0.1, unparseable: float = 0.05) -> Router:
    """A writer of seeds and rewrites, and three moderators who do not always agree."""
    behaviours: dict[str, Behaviour] = {
        "writer": Scripted(
            {SEEDS_TEMPLATE: SeedWriter()},
            otherwise=Writer(tail=tail, copy=0.05, unparseable=unparseable),
        ),
        "moderator-a": Moderator(toxic=0.10, risky=0.7),
        "moderator-b": Moderator(toxic=0.15, risky=0.7, unparseable=0.03),
        "moderator-c": Moderator(toxic=0.20, risky=0.6),
    }
    return Router(behaviours)


def write_recipe(folder: Path, url: str, text: str = RECIPE) -> Path:
    """The recipe as a file, its models behind `url`."""
    path = folder / "loop.yaml"
    path.write_text(text.format(url=url), encoding="utf-8")
    return path


def process_of(
    *arguments: str | Path, cwd: Path, seconds: float = 240, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the command as a user would, in a folder, with a Prefect of its own."""
    return subprocess.run(
        [sys.executable, "-m", "refusery", *map(str, arguments)],
        cwd=cwd,
        env=own_prefect(cwd) | environment,
        capture_output=True,
        text=True,
        timeout=seconds,
    )


def own_prefect(folder: Path) -> dict[str, str]:
    """The environment with Prefect's database in `folder`, and this checkout importable."""
    root = Path(__file__).parents[1]
    return {
        **os.environ,
        "PREFECT_HOME": str(folder / "prefect"),
        "PYTHONPATH": str(root),
        "NO_COLOR": "1",
    }
