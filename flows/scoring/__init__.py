"""Judges held against people's labels, and people against each other."""
