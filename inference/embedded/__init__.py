"""A GGUF model served by llama.cpp in a child process of this run."""

from inference.embedded.process import EmbeddedServer

__all__ = [
    "EmbeddedServer",
]
