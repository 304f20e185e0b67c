"""Django's own commands on this clone's database: `python -m lmb.config.manage makemigrations`."""

from __future__ import annotations

import sys

from lmb.config.processes import exit_on_signals
from lmb.config.runtime import database


def main() -> None:
    from django.core.management import execute_from_command_line

    exit_on_signals()
    with database():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
