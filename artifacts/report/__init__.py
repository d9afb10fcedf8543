"""The report: one page of HTML with everything in it, and nothing that it would have to fetch."""
