"""Text in, new prompt out: seeds, rewrites, mutations."""
