from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ProofsConfig(AppConfig):
    name = "lmb.proofs"
    label = "proofs"

    def ready(self) -> None:
        from lmb.proofs.payouts import tell_in_our_words

        connection_created.connect(tell_in_our_words, dispatch_uid="proofs.payouts")
