"""A release in a few tables: for the terminal, and for Prefect's interface."""

from __future__ import annotations

from artifacts.manifest import Manifest
from artifacts.summary import Table, by_category, categories_by_stage, funnel, reasons



def of_manifest(manifest: Manifest) -> list[Table]:
    """Configs by category, rows by stage, kept rows by category and stage, drops by reason."""
    configs = {config.name: config.categories for config in manifest.configs}
    return [
        by_category("Released rows by category", configs, manifest.categories),
        funnel(manifest.funnel),
        categories_by_stage(manifest.funnel, manifest.categories),
        reasons(manifest.funnel),
    ]
