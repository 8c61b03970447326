"""The front door: puts the commands of the three packages together and does nothing else."""

import sys

__version__ = "0.1.0"


def main() -> None:
    """Run the command. Exit status 0 done, 1 done but a person is needed, 2 wrong use or bad input."""
    from reports.commands import app

    sys.exit(app())


if __name__ == "__main__":
    main()
