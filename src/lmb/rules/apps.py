from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "lmb.rules"
    label = "rules"
