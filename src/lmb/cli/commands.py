"""Every command of `lmb` in one place."""

from __future__ import annotations

import click

from lmb.cli.audit import audit
from lmb.cli.bonds import bonds
from lmb.cli.facts import facts
from lmb.cli.ledger import ledger
from lmb.cli.outcomes import outcomes
from lmb.cli.people import people
from lmb.cli.programme import demo, run, serve
from lmb.cli.proofs import proofs
from lmb.cli.publish import publish
from lmb.cli.trace import trace
from lmb.cli.witness import witness


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="labor-market-bonds", prog_name="lmb")
def lmb() -> None:
    """Labor market bonds: from auction to final coupon, every cent traced to its facts."""


for command in (
    *(demo, run, serve, trace, bonds, ledger, proofs, witness, audit),
    *(outcomes, people, publish, facts),
):
    lmb.add_command(command)
