from django.apps import AppConfig


class ProofsConfig(AppConfig):
    name = "lmb.proofs"
    label = "proofs"
