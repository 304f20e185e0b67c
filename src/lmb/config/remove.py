"""Delete the embedded databases of this clone (`make clean`), refusing while someone uses them."""

from __future__ import annotations

import sys

from lmb.config.paths import CLONE
from lmb.config.postgres import remove_abandoned
from lmb.values.errors import LmbError

HOME = CLONE / "var"


def main() -> None:
    try:
        remove_abandoned(HOME / "test")
        remove_abandoned(HOME)
    except LmbError as error:
        sys.exit(str(error))
    if (HOME / "postgres").exists():
        sys.exit(f"The database in {HOME / 'postgres'} is in use: stop the run that uses it first.")


if __name__ == "__main__":
    main()
