"""Seeds beside what was made of them, on pages for people who look at a run."""
