"""What has changed between two releases of one benchmark: rows, labels, models, recipe, licence."""
