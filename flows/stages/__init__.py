"""The stages that flows are made of, one a file: pure programs over the rows of a table."""
