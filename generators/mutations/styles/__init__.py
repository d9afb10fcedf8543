"""One file a style: its name, what its texts must keep, and the template of that name."""
