"""The `refusery` command. Nothing heavy is imported before a verb runs."""


def main() -> None:
    """Runs the command and ends the process with its exit status."""
    from refusery.interruption import exit_with, interruption

    with interruption.at_once():
        from refusery.cli.app import run
    exit_with(run())
