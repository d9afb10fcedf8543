"""Many rows in, fewer rows out: deduplication, subsets, quotas."""
