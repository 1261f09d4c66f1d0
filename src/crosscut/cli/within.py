"""The parts alone: what the supervisor starts. Quicker than `crosscut`, which reads the code of every command first."""

import typer

from crosscut.cli import parts

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
for part in (parts.web, parts.worker, parts.ticker):
    app.command()(part)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(parts.manage)

if __name__ == "__main__":
    app()
