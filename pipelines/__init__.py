"""What a run is: recipe, sources, runner, versions, stages, and the order of each benchmark."""
