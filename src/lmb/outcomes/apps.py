from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "lmb.outcomes"
    label = "outcomes"
