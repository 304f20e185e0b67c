"""The way into `lmb`: signals, Django, then the command; one way errors are told."""

from __future__ import annotations

import os
import sys

import click
import django

from lmb.config.processes import exit_on_signals
from lmb.values.errors import LmbError


def main() -> None:
    """Run a command; tell any error of ours in one message and end with its exit code."""
    exit_on_signals()
    # Django is set up before any room is imported: its models ask for it. The database comes
    # later, for the commands that need one.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmb.config.settings")
    try:
        django.setup()
        from lmb.cli.commands import lmb

        lmb(standalone_mode=False)
    except LmbError as error:
        click.echo(f"lmb: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
