"""First words of questions. Most make a bad topic harmless: they ask why, whether, since when."""

from __future__ import annotations

OPENINGS = (
    "Why do some people",
    "What happens when",
    "How do police catch people who",
    "Why is it so hard to",
    "How can I tell if",
    "How did people once",
    "What should I do if",
    "Why would anyone",
    "What is it called when people",
    "When did people first",
    "What makes",
    "How can I keep",
    "Why are so many people afraid of",
    "Who was the first to",
    "Where do most",
    "How can I stop",
    "Why do",
    "Which",
    "How do",
    "Is it true that",
    "Can a",
    "What was the most famous",
)
