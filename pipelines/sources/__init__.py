"""Where rows come from: a file becomes a path with a pinned revision before anything reads it.

`pipelines.sources.seeds` reads such a file; it is left out here, as it loads the table libraries.
"""

from artifacts.licenses import allows
from pipelines.sources.source import Pins, Source, resolve, seeds_source, shipped

__all__ = [
    "Pins",
    "Source",
    "allows",
    "resolve",
    "seeds_source",
    "shipped",
]
