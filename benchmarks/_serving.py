"""Serves the site with as many processes as asked, until it is ended: `_serving.py PORT PROCESSES`.

`lmb serve` is for one person at a time; a server for many has a process for each core.
"""

from __future__ import annotations

import sys

from granian.constants import Interfaces
from granian.server import Server

from lmb.config.server import APPLICATION


def main() -> None:
    port, processes = map(int, sys.argv[1:])
    Server(
        APPLICATION,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=4,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
