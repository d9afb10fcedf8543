"""Moderators that need no model of others: what they know is shipped, and a vote costs little.

Their names stand here, where recipes are checked by them without a heavy library.
"""

BY_ENCODER = NEAREST, KERNEL, BASELINE = "nearest", "kernel", "baseline"
"""The kinds that compare vectors."""

BY_WORDS = WORDS, PROFANITY = "words", "profanity"
"""The kinds that read the words alone."""
