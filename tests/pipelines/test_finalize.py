"""What every release passes before it is written: the audit, the gates, what has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifacts.audit_facts import AUDIT, read_audit
from auditing.data import GateBrokenError
from tests.loopback import models, write_recipe
from tests.pipelines.versions.making import SMALL, version
from tests.servers.openai_server import serve

_NEAR = "dedup.threshold=0.92"


def test_a_broken_gate_leaves_an_audit_and_no_release_and_a_clean_run_passes(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    with serve(models(tail=0.0, unparseable=0.0)) as server:
        recipe = write_recipe(tmp_path, server.base_url)
        asked = (*SMALL, _NEAR)
        many = "gates={min_per_category: {or-bench-main: 1000}}"
        with (
            pytest.raises(GateBrokenError, match=r"gates\.min_per_category must be at least 1000"),
            version(recipe, out, "2026.11.0", *asked, many),
        ):
            pass
        assert not (out / "releases" / "or-bench" / "2026.11.0").exists()
        audit = read_audit(out / "runs" / recipe.stem / "2026.11.0" / AUDIT)
        assert [gate.held for gate in audit.gates] == [False]

        few = "gates={max_category_ratio: {or-bench-main: 100}}"
        with version(recipe, out, "2026.11.0", *asked, few) as made:
            assert [gate.held for gate in made.manifest.gates] == [True]
            assert made.manifest.audit and made.manifest.changes is None
            assert made.manifest.report is not None
            assert made.verified().sound
        sent = len(server.calls)
        with version(recipe, out, "2026.12.0", *asked) as second:
            changes = second.manifest.changes
            assert changes is not None and changes.since.version == "2026.11.0"
        assert len(server.calls) > sent
