"""What `lmb demo` runs on: a real trial, and around it a term sheet, an order book and training
dates that are illustrative. `docs/reference/demonstration.md` says which is which.
"""

from lmb.cli.demonstration.files import exported_files
from lmb.cli.demonstration.trial import Trial, read_trial

__all__ = ["Trial", "exported_files", "read_trial"]
