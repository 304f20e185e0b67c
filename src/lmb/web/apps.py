from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "lmb.web"
    label = "web"
