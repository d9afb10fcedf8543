"""`import refusery`: its names, what it does not load, and whose packages it stands on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import refusery
from base.errors import RefuseryError

_ROOT = Path(refusery.__file__).parents[1]
_LOADED = "import json, sys, refusery{more}; print(json.dumps(sorted(sys.modules)))"
_HEAVY = {
    *("altair", "anthropic", "datasets", "faiss", "httpx2", "jinja2", "numpy", "openai", "pandas"),
    *("polars", "prefect", "pyarrow", "pydantic", "scipy", "sentence_transformers", "sklearn"),
    *("sqlalchemy", "torch", "transformers", "typer", "yaml"),
    *("artifacts", "base", "evaluation", "flows", "inference", "moderators", "pipelines"),
}


def _python(code: str, *before: Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs code in a fresh process, with folders before this checkout where packages are sought."""
    path = os.pathsep.join(str(each) for each in (*before, _ROOT))
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        cwd=cwd,
        capture_output=True,
        text=True,
    )


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.strip().splitlines()[-1]


def test_its_names_are_these() -> None:
    functions = ["audit", "build", "check_mutations", "decode", "dedup", "evaluate", "judge"]
    more = ["load", "load_recipe", "moderate", "mutate", "plan", "verify"]
    assert refusery.__all__ == ["Recipe", "RefuseryError", *functions, *more]
    assert dir(refusery) == refusery.__all__
    for name in refusery.__all__:
        assert getattr(refusery, name).__name__ == name


def test_its_error_is_the_base_of_all() -> None:
    assert refusery.RefuseryError is RefuseryError


def test_a_name_that_is_not_given_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'rewrite'"):
        refusery.rewrite  # type: ignore[attr-defined]  # noqa: B018 - it is there to be refused


def test_nothing_heavy_is_loaded_before_a_name_is_used() -> None:
    loaded = set(json.loads(_python(_LOADED.format(more="")).stdout))
    assert "refusery" in loaded
    assert loaded & _HEAVY == set()


def test_no_name_loads_prefect_or_torch_before_it_is_called() -> None:
    every = "".join(f", refusery.{name}" for name in refusery.__all__)
    code = _LOADED.format(more=f"; names = [0{every}]")
    loaded = set(json.loads(_python(code).stdout))
    assert "polars" in loaded
    assert loaded & {"prefect", "torch", "transformers", "sentence_transformers"} == set()


def test_a_package_of_another_project_in_the_place_of_one_of_ours_is_named(tmp_path: Path) -> None:
    foreign = tmp_path / "moderators"
    foreign.mkdir()
    (foreign / "__init__.py").write_text("raise RuntimeError('it must not even be loaded')")
    done = _python("import refusery", tmp_path)
    own, found = _ROOT / "moderators", foreign
    rule = f"package `moderators` must be Refusery's own, at {own} (got {found})"
    assert _last_line(done) == f"refusery.packages.PackageTakenError: {rule}"


def test_so_is_a_module_of_the_name_and_a_package_that_was_loaded_before(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text("")
    for code in ("import refusery", "import base, refusery"):
        last = _last_line(_python(code, tmp_path))
        assert last.endswith(f"(got {tmp_path / 'base.py'})"), last


def test_a_package_that_is_not_there_is_named_in_an_import_error(tmp_path: Path) -> None:
    shutil.copytree(_ROOT / "refusery", tmp_path / "refusery")
    code = f"""import sys; sys.path.insert(0, {str(tmp_path)!r})
try:
    import refusery
except ImportError as error:
    print(error.name, error.exit_code, error)"""
    # Without site-packages this checkout is not found by way of its installation either.
    alone = [sys.executable, "-I", "-S", "-c", code]
    said = subprocess.run(alone, capture_output=True, text=True, check=True).stdout
    rule = f"package `artifacts` must be Refusery's own, at {tmp_path / 'artifacts'}"
    assert said == f"artifacts 2 {rule} (got no such package)\n"
