"""The audit of a release or a table: what is measured on it, and the recipe's gates."""
