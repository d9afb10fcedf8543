"""What holds for all tests: no test is timed, and which of them need no server and no model."""

from __future__ import annotations

import ast
import signal
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

_TESTS = Path(__file__).parent
_HEAVY = (
    *("tests.servers", "tests.loopback", "tests.browser", "tests.golden", "prefect", "selenium"),
    *("tests.artifacts.small_run", "artifacts.figures", "evaluation.training.lora"),
)
"""What a test of one unit does not import, itself or through the helpers that it imports: servers,
whole runs and releases, drawings, training."""

_ENCODER = ("inference.encoders", "inference.embedded", "sentence_transformers")

_AT_PREFECT = (
    *("tests/flows/", "tests/golden/", "tests/evaluation/test_flow.py"),
    *(f"tests/refusery/test_{name}.py" for name in ("tour", "releases", "same_rows", "docstrings")),
)

# A busy machine must not fail a test that is right: no example has a deadline. Examples are the
# same each time, so that a red run tells of the change; `make soak PART=fuzz` draws anew.
settings.register_profile("untimed", deadline=None, derandomize=True)
settings.load_profile("untimed")

# A shell without job control starts what runs in its background deaf to Ctrl-C, and so are the
# programs that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leaves unread what `-m fast` would leave out: reading it alone takes most of a minute."""
    if config.option.markexpr == "fast" and collection_path.suffix == ".py":
        return _is_heavy(collection_path) or None
    return None


def pytest_unconfigure() -> None:
    """Ends what a worker's tests shared."""
    if module := sys.modules.get("tests.prefect_server"):
        module.stop()


class _ByFile(LoadScopeScheduling):
    """A worker takes a file at once, and one of them all that needs Prefect or the golden world.

    What is slow to make is thus made once, and nobody waits for somebody else to make it.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "prefect" if file.startswith(_AT_PREFECT) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByFile | None:
    """Gives out tests by our own scopes under `--dist loadfile`."""
    return _ByFile(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks as `fast` every quick test whose module tests a unit: see `_HEAVY`."""
    for item in items:
        own = item.get_closest_marker("slow") or item.get_closest_marker("embedded")
        if own is None and not _is_heavy(item.path):
            item.add_marker("fast")


@cache
def _is_heavy(path: Path) -> bool:
    """Whether a module of tests, a helper that it imports, or a `conftest.py` beside is heavy."""
    seen: set[Path] = set()
    left = [path, path.with_name("conftest.py")]
    while left:
        module = left.pop()
        if module in seen or not module.is_file() or module == Path(__file__):
            continue
        seen.add(module)
        names = _imports(module)
        if any(name.startswith((*_HEAVY, *_ENCODER)) for name in names):
            return True
        helpers = (_TESTS.parent.joinpath(*name.split(".")).with_suffix(".py") for name in names)
        left += [helper for helper in helpers if _TESTS in helper.parents]
    return False


@cache
def _imports(path: Path) -> tuple[str, ...]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
        elif isinstance(node, ast.Import):
            found += [each.name for each in node.names]
    return tuple(found)
