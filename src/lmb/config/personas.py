"""Lets roles be tried without an identity: for the demonstration, on this machine alone."""

from __future__ import annotations

import os
from ipaddress import ip_address

from django.conf import settings

from lmb.config.clock import SystemClock
from lmb.settlement.programme import Programme
from lmb.web.personas.seeds import seed

VARIABLE = "LMB_PERSONAS"
"""Read by `settings`."""


def trying_out(cell: int, programme: Programme, host: str) -> bool:
    """Make the personas of a demonstration known and let the pages offer them; false, and nothing
    done, where the pages could be reached from other machines."""
    if not _is_this_machine(host):
        return False
    seed(cell, programme, SystemClock().now())
    # For a worker that starts anew, and for one that is forked from here.
    os.environ[VARIABLE] = "1"
    settings.PERSONAS = True
    return True


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
