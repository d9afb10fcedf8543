"""Text in, new prompt out: seeds, rewrites, mutations."""

from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"
"""The folder of the chats that models are asked with."""
