"""The order of the stages, benchmark by benchmark, in plain code that knows no Prefect."""
