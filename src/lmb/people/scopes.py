"""What a program may be allowed to do for its organisation. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lmb.people.roles import Role


class Scope(StrEnum):
    """One thing an API client may do; `read` changes nothing."""

    ACCOUNTS_READ = "accounts:read"
    BIDS_WRITE = "bids:write"
    CODES_TAKE = "codes:take"
    ENROLMENTS_READ = "enrolments:read"
    FUND_READ = "fund:read"
    HOLDINGS_READ = "holdings:read"
    OUTCOMES_COMPUTE = "outcomes:compute"
    WORK_ATTEST = "work:attest"


SCOPES_OF: Mapping[Role, frozenset[Scope]] = {
    Role.PROVIDER: frozenset(
        {Scope.ACCOUNTS_READ, Scope.CODES_TAKE, Scope.ENROLMENTS_READ, Scope.OUTCOMES_COMPUTE}
    ),
    Role.EMPLOYER: frozenset({Scope.WORK_ATTEST}),
    Role.STATE_BOARD: frozenset({Scope.ACCOUNTS_READ, Scope.FUND_READ, Scope.OUTCOMES_COMPUTE}),
    Role.AGENCY: frozenset({Scope.FUND_READ, Scope.OUTCOMES_COMPUTE}),
    Role.TREASURY: frozenset({Scope.ACCOUNTS_READ, Scope.FUND_READ, Scope.OUTCOMES_COMPUTE}),
    Role.INVESTOR: frozenset(
        {Scope.ACCOUNTS_READ, Scope.BIDS_WRITE, Scope.HOLDINGS_READ, Scope.OUTCOMES_COMPUTE}
    ),
    Role.AUDITOR: frozenset({Scope.ACCOUNTS_READ, Scope.FUND_READ, Scope.OUTCOMES_COMPUTE}),
}
"""What a program may be given in each role. No program acts as a citizen, for one, or watches."""
