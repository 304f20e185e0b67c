from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "lmb.people"
    label = "people"
