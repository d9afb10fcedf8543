"""The stage runner: plain code that knows no Prefect.

`stage` says what a stage is, `jobs` runs one shard of one, `run` orders the stages of a run, and
`context` is what a worker process needs to do so: the recipe, the folders and the engine.
"""
