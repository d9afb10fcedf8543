"""Judges over any table of answers, and judges held against people."""
