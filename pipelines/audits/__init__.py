"""The audit of a release, of a build about to release, or of any table."""
