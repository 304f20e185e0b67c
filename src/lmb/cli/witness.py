"""`lmb witness`: an independent witness of logs, as a process of its own."""

from __future__ import annotations

import time
from pathlib import Path

import click

from lmb.proofs.keys import parse_verifier_key
from lmb.proofs.witness_home import witness_home
from lmb.proofs.witness_server import Witness, WitnessServer
from lmb.values.errors import EnvironmentProblem

EXAMPLE = (
    'Example: lmb witness serve --name auditor.example/w1 --folder auditor --log "$(cat log.vkey)"'
)


@click.group()
def witness() -> None:
    """Witness logs: cosign only what extends everything seen before."""


@witness.command(epilog=EXAMPLE)
@click.option("--name", required=True, help="Name of the witness, such as auditor.example/w1.")
@click.option(
    "--folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of its keys and of what it has seen; made at the first start.",
)
@click.option("--log", "logs", required=True, multiple=True, help="Verifier key of a log it knows.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8191, show_default=True, help="Port to listen on; 0 for any.")
def serve(name: str, folder: Path, logs: tuple[str, ...], host: str, port: int) -> None:
    """Answer add-checkpoint requests (C2SP tlog-witness) until stopped.

    The first lines printed are what a policy file (C2SP tlog-policy) says of this witness. Keep
    the folder: without what it has seen, a witness cannot tell one history from another.
    """
    known = [parse_verifier_key(log) for log in logs]
    with witness_home(folder, name) as home:
        try:
            server = WitnessServer((host, port), Witness(home, known, _seconds))
        except OSError as error:
            raise EnvironmentProblem(
                f"cannot listen on {host}:{port} ({error.strerror}); choose another --port"
            ) from error
        with server:
            for number, key in enumerate(home.keys, 1):
                click.echo(f"witness {name}#{number} {key.verifier.text}")
            members = " ".join(f"{name}#{number}" for number in range(1, len(home.keys) + 1))
            click.echo(f"group {name} any {members}")
            click.echo(f"listening on http://{host}:{server.server_port}")
            server.serve_forever()


def _seconds() -> int:
    return int(time.time())
