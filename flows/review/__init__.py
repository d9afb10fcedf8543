"""Tables that people decide on in a spreadsheet: written, read back, and held against the run."""
