"""The front door: puts the commands of the three packages together and turns their errors into exit statuses."""

import errno
import sys

import typer

import crawler.commands
import monitor.commands
import reports.commands
from crawler.errors import BadInput, StillForSaleError

__version__ = "0.1.0"


def build_app() -> typer.Typer:
    """The whole command. Nothing heavy is imported here: each command imports what it uses when it runs."""
    app = typer.Typer(
        name="stillforsale",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Records whether recalled and banned products can still be bought by a US buyer, for how long, and under "
        "which new name they come back. Start with `stillforsale demo`.",
    )

    @app.callback()
    def door(
        version: bool = typer.Option(
            False, "--version", help="Print the version and leave.", is_eager=True, callback=_print_version
        ),
    ) -> None: ...

    for package in (monitor.commands, crawler.commands, reports.commands):
        package.register(app)
    return app


def main() -> None:
    """Run the command. Exit status 0 done; 1 done, but something needs a person; 2 wrong use or bad input."""
    try:
        build_app()()
    except BadInput as error:
        _leave(str(error), 2)
    except StillForSaleError as error:
        _leave(str(error), 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _leave("no space left on the disk; what was finished is kept, the rest goes on when there is room", 1)
        _leave(f"{error.filename or 'the machine'}: {error.strerror or error}", 2)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"stillforsale {__version__}")
        raise typer.Exit


def _leave(sentence: str, status: int) -> None:
    print(f"stillforsale: {sentence}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
