"""The door for programs, under `/api/v1`. Beside it are `web` for people and `cli` for operators.

Nouns: an *operation* is what one can ask for; a *client* is a program registered for an
organisation (`lmb.people.clients`), and shows a *key* or an *access token*; an *answer* that
changed something is kept under its *idempotency key*; an error is a *problem* of a *type*.

    request ─▶ admission ─▶ permission ─▶ strict reading ─▶ one service or query ─▶ answer
               who, how often  role, scope   query, body        as that client         ETag, kept
"""
