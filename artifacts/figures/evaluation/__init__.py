"""The figures of an evaluation: Altair charts drawn to SVG, each with its numbers and its words."""
