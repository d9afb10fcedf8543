"""Stages that readers of finished runs and releases look for, and what they are to such a reader.

Their names stand in files of every version: who declares such a stage takes its name from here.
"""

CALLS, SEEDS, REWRITE, DEDUP = "calls", "seeds", "rewrite", "dedup"
MODERATE, PANEL = "moderate", "panel"
RESCUE, DEDUP_LABELS, OPENERS = "rescue", "dedup_labels", "openers"
SEED_POOL, MODERATE_SEEDS, FLAGGED_SEEDS = "seed_pool", "moderate_seeds", "flagged_seeds"
PILOT_ROWS, PILOT = "pilot_rows", "pilot"

CUMULATIVE = (SEEDS, DEDUP, MODERATE, RESCUE, DEDUP_LABELS, OPENERS, PANEL)
"""Each round of these holds the rows of all before it."""

SETS_UP = (CALLS, SEED_POOL, MODERATE_SEEDS, FLAGGED_SEEDS, PILOT_ROWS, PILOT)
"""Beside the path of the released rows, or of toxic ones alone: their balance is no finding."""

DECIDES = {"label": (MODERATE, RESCUE), "sounds_risky": (MODERATE,)}
"""Which stages set a column that configs are drawn by, each over what the one before set; any other
column is set by the last stage of a run."""
