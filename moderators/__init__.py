"""Text in, verdict out: moderators, guards, judges, vote rules."""

from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
"""The folder of the chats that models are asked with."""
