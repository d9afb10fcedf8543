"""Stages that readers of finished runs and releases look for, and what they are to such a reader.

Their names stand in files of every version: who declares such a stage takes its name from here.
"""

CALLS, SEEDS, REWRITE, DEDUP = "calls", "seeds", "rewrite", "dedup"
MODERATE, PANEL = "moderate", "panel"
PILOT_ROWS, PILOT = "pilot_rows", "pilot"

CUMULATIVE = (SEEDS, DEDUP, MODERATE)
"""Each round of these holds the rows of all before it."""

SETS_UP = (CALLS, PILOT_ROWS, PILOT)
"""Beside the path of the released rows: their balance is no finding."""

DECIDES = {"label": MODERATE, "sounds_risky": MODERATE}
"""Which stage sets a column that configs are drawn by; any other one is set by the last stage."""
