"""Text in, verdict out: moderators, guards, judges, vote rules."""

from __future__ import annotations

from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
"""The folder of the chats that models are asked with."""
