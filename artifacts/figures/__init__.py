"""The figures of an audit: Altair charts drawn to SVG, each with its numbers and its words."""
