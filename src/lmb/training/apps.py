from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "lmb.training"
    label = "training"
