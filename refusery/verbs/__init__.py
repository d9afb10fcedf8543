"""What verbs do to any table: moderate, mutate, decode, dedup. Judges' are in `evaluation/`."""
