"""The people one can practise as. Their numbers are known from advertisements: nobody has them."""

from __future__ import annotations

from lmb.web.practice.provider import Account

PERSONS = (
    Account(
        "practice-ana",
        "Ana Núñez",
        2,
        {
            "given_name": "Ana",
            "family_name": "Núñez",
            "birthdate": "1990-02-28",
            "social_security_number": "219-09-9999",
            "address": {
                "street_address": "12 Harbor Street",
                "locality": "Baltimore",
                "region": "MD",
                "postal_code": "21230",
            },
            "phone": "410-555-0142",
            "verified_at": 1_760_000_000,
        },
    ),
    Account(
        "practice-ana-again",
        "Ana Núñez, with a second account",
        2,
        {
            "given_name": "Ana",
            "family_name": "Nunez",
            "birthdate": "1990-02-28",
            "social_security_number": "219-09-9999",
            "verified_at": 1_763_000_000,
        },
    ),
    Account("practice-ben", "Ben Okafor, who has not proved who he is", 1),
)
