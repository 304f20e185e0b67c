"""`lmb people sign-in-key`: what an identity provider must know of us."""

from __future__ import annotations

import click

from lmb.config.identity_providers import client_key, key_path


@click.command("sign-in-key", epilog="Example: lmb people sign-in-key > labor-market-bonds.pem")
def sign_in_key() -> None:
    """Print the public key by which identity providers know this installation, as PEM. The private
    one is made at the first use and stays where it is."""
    click.echo(client_key(key_path()).key.as_pem(private=False).decode(), nl=False)
