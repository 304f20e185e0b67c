from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "lmb.programs"
    label = "programs"
