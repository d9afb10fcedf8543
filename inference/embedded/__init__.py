"""llama.cpp in a child process that speaks the OpenAI protocol on loopback."""

from __future__ import annotations

from inference.embedded.process import EmbeddedServer

__all__ = ["EmbeddedServer"]
