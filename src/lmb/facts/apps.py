from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "lmb.facts"
    label = "facts"
