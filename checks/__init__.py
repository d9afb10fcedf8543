"""One text in, a reason or None out."""
