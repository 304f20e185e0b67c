SELECT lmb_make_insert_only('people_organisation', true);
SELECT people_make_ending('people_membership', 'ended_at', 'ended_by', 'ended_because');
SELECT people_make_ending('people_invitation', 'ended_at', 'ended_by', 'ended_because',
    'membership');

ALTER TABLE people_membership
    ADD CONSTRAINT people_membership_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_membership_organisation
        FOREIGN KEY (cell, organisation) REFERENCES people_organisation (cell, id),
    ADD CONSTRAINT people_membership_ends_after_its_start CHECK (ended_at >= starts_at);
ALTER TABLE people_invitation
    ADD CONSTRAINT people_invitation_organisation
        FOREIGN KEY (cell, organisation) REFERENCES people_organisation (cell, id),
    ADD CONSTRAINT people_invitation_membership
        FOREIGN KEY (cell, membership) REFERENCES people_membership (cell, id),
    ADD CONSTRAINT people_invitation_ended_before_it_expired
        CHECK (ended_because <> 'accepted' OR ended_at < expires_at);
