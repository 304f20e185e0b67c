"""Who takes part, in which role, how surely we know it, and who may know what of whom.

Nouns: a *person* is a key that everything else carries. A person has *residences*, accounts at
identity providers (*identities*) and *sign-ins*. *Organisations* have *memberships* with a *role*.
*Consents*, *delegations* and cases say who may look; the *access log* says who did. Two persons
decide what one must not (*approvals*). The *vault* alone holds what names somebody, sealed.

    identity ──enrol──▶ person ──consent, membership, case──▶ reach ──look──▶ vault
                                                                 └──▶ access log
"""
