"""What must hold before a run asks anybody: every gap of a recipe, found at once."""
