from django.apps import AppConfig


class BondsConfig(AppConfig):
    name = "lmb.bonds"
    label = "bonds"
