from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "lmb.ledger"
    label = "ledger"
