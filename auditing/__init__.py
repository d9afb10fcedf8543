"""Figures and quality gates from plain frames and plain bounds."""
