"""Versions of a benchmark's releases: which there are, which comes next, what one carries on."""
