"""The order of things: flows, stages, the recipe model and the command."""
