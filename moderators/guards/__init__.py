"""Guard models, one dialect a file: how its prompt is rendered, and how its answer is read."""
