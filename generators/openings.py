"""First words of questions.

They make even a bad topic harmless, as they ask who, why, since when and what then, and they keep
openings from being all alike. None of them brings children into what a seed is about. Chosen by
looking at what SmolLM2-135M makes of them.
"""

from __future__ import annotations

ACTS = (
    "Why do some people",
    "Why do so many people",
    "What made people in the past",
    "Why is it so hard to",
    "How often do people",
    "Why do people dream that they",
    "Who was the first person to",
    "When did people first",
    "How do actors",
    "Why do villains always",
    "How did people in the Middle Ages",
    "Why did some kings",
    "Did knights ever",
    "Do animals ever",
    "How did the ancient Romans",
    "How did pirates",
    "Why do clowns",
    "Could a parrot ever",
    "How did outlaws in the Wild West",
    "Which animals",
)
"""They are followed by what somebody would do: "steal a car"."""

THINGS = (
    "Who came up with",
    "Why do people fall for",
    "Why are people afraid of",
    "When did people first hear of",
    "When did newspapers first mention",
    "What is the oldest record of",
    "How do experts recognize",
    "Why do newspapers write about",
    "How did the ancient Romans deal with",
    "Why do historians study",
    "What do teachers say about",
    "Why do comedians talk about",
    "How did people in the Middle Ages deal with",
    "Why do poets write about",
    "What do historians know about",
)
"""They are followed by a thing: "a poem that mocks a colleague"."""
