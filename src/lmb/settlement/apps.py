from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "lmb.settlement"
    label = "settlement"
