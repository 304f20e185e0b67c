"""Who sees which rows, table by table: what row-level security is held to."""

from __future__ import annotations

from lmb.people.roles import Role
from lmb.people.scopes import SCOPES_OF

# What each role sees: a = what has to do with it, o = others of its state, e = of another state.
# Roles left out see nothing. `citizen` is Ana, everyone else is Ben.
EVERYONE: dict[str, str] = dict.fromkeys(Role, "aoe")
APPROVED: dict[str, str] = {
    # Whoever proposed sees what became of it, in whichever capacity.
    **dict.fromkeys(Role, "a"),
    "citizen": "",
    # Cases, which these roles may approve.
    "agency": "aoe",
    "state-board": "aoe",
    "auditor": "aoe",
}
PERSONAL = {"citizen": "a", "representative": "a", "state-board": "ao", "auditor": "aoe"}
BODY: dict[str, str] = {
    **dict.fromkeys(set(Role) - {Role.CITIZEN, Role.REPRESENTATIVE}, "a"),
    "security-officer": "aoe",
    "auditor": "aoe",
}
MATRIX: dict[str, dict[str, str]] = {
    "people_access": {"citizen": "a", "security-officer": "aoe", "auditor": "aoe"},
    "people_api_client": BODY,
    "people_api_key": BODY,
    # Secrets of signing in: the house alone.
    "people_account": {},
    "people_code_generator": {},
    "people_counter_code": {},
    "people_recovery_code": {},
    "people_approval": APPROVED,
    "people_authenticator": {
        **dict.fromkeys(Role, "a"),
        "security-officer": "aoe",
        "citizen": "",
    },
    "people_circumstances": PERSONAL,
    "people_code": {"citizen": "a", "provider": "a"},
    "people_consent": {
        **dict.fromkeys(Role, "a"),
        "security-officer": "",
        "auditor": "aoe",
    },
    "people_delegated_act": {**dict.fromkeys(Role, "a"), "auditor": "aoe"},
    "people_delegation": {**dict.fromkeys(Role, "a"), "auditor": "aoe"},
    "people_identity": {"citizen": "a", "security-officer": "aoe"},
    "people_invitation": BODY,
    "people_membership": {
        **dict.fromkeys(Role, "a"),
        "citizen": "",
        "security-officer": "aoe",
        "auditor": "aoe",
    },
    "people_organisation": EVERYONE,
    "people_payout_hold": {
        "citizen": "a",
        "state-board": "ao",
        "treasury": "aoe",
        "auditor": "aoe",
    },
    "people_person": PERSONAL,
    "people_proofing": {
        "citizen": "a",
        "state-board": "a",
        "security-officer": "aoe",
        "auditor": "aoe",
    },
    "people_proposal": APPROVED,
    "people_record_grant": {"citizen": "a", "security-officer": "aoe", "auditor": "aoe"},
    "people_residence": PERSONAL,
    "people_review_case": {"state-board": "ao", "agency": "aoe", "auditor": "aoe"},
    "people_security_event": {
        "citizen": "a",
        "state-board": "ao",
        "security-officer": "aoe",
        "auditor": "aoe",
    },
    "people_sign_in": {"citizen": "a", "security-officer": "aoe"},
    "people_withdrawal": {
        **dict.fromkeys(Role, "a"),
        "security-officer": "",
        "auditor": "aoe",
    },
}

# What a program sees in each role: what has to do with its organisation, and nothing that is one
# person's business, though the person works there.
PROGRAMS = set(SCOPES_OF)
ITS_OWN: dict[str, str] = {**dict.fromkeys(PROGRAMS, "a"), "auditor": "aoe"}
CASES = {"state-board": "ao", "auditor": "aoe"}
PROGRAM_MATRIX: dict[str, dict[str, str]] = {
    "people_access": {"auditor": "aoe"},
    "people_api_client": ITS_OWN,
    "people_api_key": ITS_OWN,
    "people_approval": {"agency": "aoe", "state-board": "aoe", "auditor": "aoe"},
    "people_circumstances": CASES,
    "people_code": {"provider": "a"},
    "people_consent": ITS_OWN,
    "people_delegated_act": {"auditor": "aoe"},
    "people_delegation": {"auditor": "aoe"},
    "people_invitation": ITS_OWN,
    "people_membership": ITS_OWN,
    "people_organisation": dict.fromkeys(PROGRAMS, "aoe"),
    "people_payout_hold": {**CASES, "treasury": "aoe"},
    "people_person": CASES,
    "people_proofing": {"state-board": "a", "auditor": "aoe"},
    "people_proposal": {"agency": "aoe", "state-board": "aoe", "auditor": "aoe"},
    "people_record_grant": {"auditor": "aoe"},
    "people_residence": CASES,
    "people_review_case": {**CASES, "agency": "aoe"},
    "people_security_event": CASES,
    "people_withdrawal": ITS_OWN,
}

# Money in a wallet: the person's, and the auditors'.
WALLET = {"citizen": "a", "representative": "a", "state-board": "ao", "auditor": "aoe"}
# What is earned in training, which its provider sees.
TAUGHT = {**WALLET, "provider": "a"}
# What somebody holds, bids for and is paid.
HELD = {"investor": "a", "treasury": "aoe", "auditor": "aoe"}
# Other rooms; words after the name of a table tell its rows apart.
ELSEWHERE: dict[str, dict[str, str]] = {
    "bonds_award": HELD,
    "bonds_award_event": HELD,
    "bonds_bid": HELD,
    "bonds_entitlement": HELD,
    "bonds_payment_stop": HELD,
    "bonds_sealed_bid": HELD,
    "bonds_securities_account": HELD,
    "bonds_trade": HELD,
    "facts_attestation assigned": {"citizen": "a", "state-board": "ao", "auditor": "aoe"},
    "facts_attestation completed": {
        "citizen": "a",
        "provider": "a",
        "state-board": "ao",
        "auditor": "aoe",
    },
    "facts_hire": {
        "citizen": "a",
        "employer": "a",
        "state-board": "ao",
        "auditor": "aoe",
    },
    "facts_work_record": {
        "citizen": "a",
        "employer": "a",
        "state-board": "ao",
        "auditor": "aoe",
    },
    "ledger_account holding": HELD,
    # What public money pays to a provider is public.
    "ledger_account provider": EVERYONE,
    "ledger_account wallet": WALLET,
    "ledger_hold": TAUGHT,
    "ledger_instruction acceptance": TAUGHT,
    "ledger_instruction trade": HELD,
    "ledger_journal of a determination": TAUGHT,
    "ledger_journal of an instruction": TAUGHT,
    "ledger_refusal": {"auditor": "aoe"},
    "ledger_transfer grant": WALLET,
    "ledger_transfer hold": TAUGHT,
    "ledger_transfer of bonds": HELD,
    "ledger_transfer tuition": TAUGHT,
    "rules_determination": TAUGHT,
    "rules_determination_input": TAUGHT,
    "training_enrolment": TAUGHT,
    "web_session": {"citizen": "a", "security-officer": "aoe"},
}
MATRIX |= ELSEWHERE
# Of other rooms a program sees what those who act for its organisation do.
PROGRAM_MATRIX |= {
    entry: {role: seen_by[role] for role in PROGRAMS & set(seen_by)}
    for entry, seen_by in ELSEWHERE.items()
}

# Tables that are tried where their rows are easier to make, by a test that names them.
TRIED_ELSEWHERE = {
    "tests/api/test_row_security.py": {"api_access_token", "api_answer", "api_key_use"},
    "tests/facts/test_wages.py": {
        "facts_succession",
        "facts_wage",
        "facts_wage_decision",
        "facts_wage_load",
        "facts_wage_set_aside",
    },
    "tests/outcomes/test_statements_row_security.py": {
        "outcomes_answer",
        "outcomes_challenge",
        "outcomes_engine_run",
        "outcomes_frozen",
        "outcomes_frozen_row",
        "outcomes_frozen_secret",
        "outcomes_frozen_tile",
        "outcomes_signature",
        "outcomes_statement",
        "outcomes_terms",
    },
}

FOR_EVERYONE = {"people_organisation", "ledger_account provider"}

# The house's alone: no session sees a row.
HOUSE_ALONE = {"api_used_assertion", "proofs_audit", "proofs_salt", "sign_in_attempt"}
# What names nobody, and is there for everyone who reaches the database.
OPEN = {
    "api_bucket": "how often programs and networks may ask, under keyed hashes",
    "bonds_bond": "bonds as announced",
    "bonds_interest_period": "days of payment",
    "bonds_observation": "verified values of indicators, as published",
    "bonds_payment_batch": "how far a payment has come",
    "bonds_payment_run": "what all holders are paid together",
    "bonds_reopening": "auctions as announced",
    "django_migrations": "which tables there are",
    "ledger_cell": "names of books",
    "ledger_fund": "vocabulary",
    "ledger_purpose": "vocabulary",
    "ledger_unit": "vocabulary",
    "programs_program": "the public catalog",
    "programs_provider": "the public catalog",
    "proofs_checkpoint": "the published log",
    "proofs_cosignature": "the published log",
    "proofs_leaf": "the published log: hashes that say nothing without their salts",
    "proofs_policy": "whom the books trust",
    "proofs_tile": "the published log",
    "proofs_witnessed": "when witnesses answered",
    "settlement_step_done": "names of steps",
}
