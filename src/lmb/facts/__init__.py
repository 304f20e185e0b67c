"""The facts, stored once: who was offered training, who worked for whom, how many hours, for how
much.

Nouns: an engagement (a person in a programme, with the lottery arm that decided the offer and the
days of acceptance, enrolment and completion), a work record (a person, an employer, a period,
hours and pay) and an attestation (someone says a fact is so). Facts are bitemporal: they have the
time they were true and the time they were recorded, and a correction supersedes, never overwrites.
Every programme reads them; no other room keeps its own copy.

Importers live in `importers`, one module per outside format; they are pure functions over bytes.
"""
