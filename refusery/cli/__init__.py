"""The `refusery` command. Nothing heavy is imported before a verb runs."""


def main() -> None:
    """Runs the command and ends the process with its exit status."""
    from refusery.cli.app import run
    from refusery.interruption import exit_with

    exit_with(run())
