"""The four files of the demonstration, as `lmb demo --export` writes them.

The demonstration itself runs through exactly these bytes, so `lmb run` on the exported files
does the same again.
"""

from __future__ import annotations

from importlib.resources import files

from lmb.cli.demonstration.trial import read_trial
from lmb.facts.importers.earnings_csv import earnings_csv
from lmb.facts.importers.people_csv import people_csv

TERMS_FILE = "terms.json"
BIDS_FILE = "bids.csv"
PEOPLE_FILE = "people.csv"
EARNINGS_FILE = "earnings.csv"


def exported_files() -> dict[str, bytes]:
    """File name to content: terms.json, bids.csv, people.csv, earnings.csv.

    The same bytes on every machine. Raises EnvironmentProblem where the trial is not installed
    as published.
    """
    trial = read_trial()
    package = files("lmb.cli.demonstration")
    return {
        TERMS_FILE: package.joinpath("term_sheet.json").read_bytes(),
        BIDS_FILE: package.joinpath("bids.csv").read_bytes(),
        PEOPLE_FILE: people_csv(trial.people),
        EARNINGS_FILE: earnings_csv(trial.earnings),
    }
