"""TODO-DOC artifacts/verify."""
