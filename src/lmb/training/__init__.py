"""The life of a credit in training: accept an offer, hold the tuition, verify, pay.

    offer accepted ──hold──▶ enrolled ──tranche──▶ completed ──tranche──▶ placed ──tranche
                                                                   └─ not placed: released

A provider is never paid on its own word alone: each tranche is a determination that names the
facts it read, and the last one reads work records the provider does not write.
"""
