"""Commands of the reports, and the whole command put together."""

import typer

app = typer.Typer(no_args_is_help=True)
