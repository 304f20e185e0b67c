"""Django's own commands on this clone's database: `python -m lmb.config.manage makemigrations`."""

from __future__ import annotations

import sys

from lmb.config.processes import exit_on_signals
from lmb.config.runtime import database
from lmb.values.errors import LmbError


def main() -> None:
    from django.core.management import execute_from_command_line

    exit_on_signals()
    try:
        with database():
            execute_from_command_line(sys.argv)
    except LmbError as error:
        sys.exit(f"manage: {error}")


if __name__ == "__main__":
    main()
