"""A release held against its manifest, its run and the releases that it came from."""
