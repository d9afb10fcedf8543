"""The paper's own recipe at a twentieth of its size, against models on loopback."""

from __future__ import annotations

import re
import resource
import time
from pathlib import Path

import pytest

from artifacts.manifest import read_manifest
from tests.loopback import SEEDS_TEMPLATE, process_of
from tests.servers.behaviours import Router, Scripted
from tests.servers.openai_server import serve
from tests.servers.voters import Moderator
from tests.servers.writers import SeedWriter, Writer

_PAPER = Path(__file__).parents[2] / "recipes" / "or_bench.paper.yaml"
_MODELS = {
    "mixtral": "open-mixtral-8x7b",
    "gpt4-turbo": "gpt-4-turbo-2024-04-09",
    "llama3-70b": "meta-llama/Llama-3-70b-chat-hf",
    "gemini-pro": "gemini-1.5-pro-latest",
}
_SMALLER = (
    *("seeds.per_category=100", "rescue=null", "panel=null", "hard=null", "toxic=null"),
    *("seeds.redistribute=true", "release.version=2026.11.0"),
)


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_twentieth_of_the_papers_size(tmp_path: Path) -> None:
    mixtral = Scripted({SEEDS_TEMPLATE: SeedWriter()}, otherwise=Writer(tail=0.1, copy=0.05))
    behaviours = Router(
        {
            _MODELS["mixtral"]: mixtral,
            _MODELS["gpt4-turbo"]: Moderator(toxic=0.15),
            _MODELS["llama3-70b"]: Moderator(toxic=0.20, unparseable=0.01),
            _MODELS["gemini-pro"]: Moderator(toxic=0.20),
        }
    )
    with serve(behaviours, latency_s=0.02) as server:
        given = [*_SMALLER, "plan_only=false"]
        for name in _MODELS:
            given += [f"models.{name}.base_url={server.base_url}", f"models.{name}.key_env=null"]
            given += [f"models.{name}.price=free", f"models.{name}.retired=false"]
        options = [part for setting in given for part in ("--set", setting)]
        started = time.monotonic()
        done = process_of("build", _PAPER, *options, cwd=tmp_path, seconds=800)
        seconds = time.monotonic() - started
        calls = len(server.calls)
    assert done.returncode == 0, done.stderr
    release = tmp_path / "out/releases/or-bench/2026.11.0"
    manifest = read_manifest(release)
    edges = {edge.stage: edge for edge in manifest.funnel}
    assert edges["clean_seeds"].entered == 1000
    assert edges["rewrite-0"].kept > 4000
    assert edges["moderate-0"].votes == 3 * edges["moderate-0"].entered
    assert manifest.configs[0].rows > 3000
    assert process_of("verify", release, cwd=tmp_path).returncode == 0
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    stages = re.findall(r"^(\w[\w-]*): .*\(([\d.]+) s\)$", done.stderr, re.MULTILINE)
    shown = ", ".join(f"{name} {took} s" for name, took in stages)
    report = f"{calls} calls in {seconds:.0f} s, peak {memory:.0f} MiB; {shown}"
    (tmp_path / "report.txt").write_text(report)
    print(report)  # noqa: T201 - a measurement, shown with -rP
