"""Text in, verdict out: moderators, guards, judges, vote rules."""
