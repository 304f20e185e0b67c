"""The books: one set of accounts in which every cent and every bond is counted.

Nouns: a *cell* is one set of books that balances alone. An *account* holds one *unit* (US
dollars in cents, or the face amount of one bond) for one *purpose* from one *fund*; accounts
without a fund stand for the world outside. A *journal* gathers *transfers* with
exactly one cause, a determination or an *instruction*, and an actor. A *hold* sets money aside
and is captured in parts or released. A *refusal* keeps a key that was refused.

The database keeps every promise made here, for raw SQL too: `migrations/sql/posting.sql` is the
one way in.
"""
