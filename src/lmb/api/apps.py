from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "lmb.api"
    label = "api"
