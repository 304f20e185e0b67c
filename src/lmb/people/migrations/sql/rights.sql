SELECT lmb_make_insert_only('people_consent', true);
SELECT lmb_make_insert_only('people_withdrawal', true);
SELECT lmb_make_insert_only('people_delegated_act', true);
-- The log is written by functions alone, which say by what right somebody looked.
SELECT lmb_make_insert_only('people_access', false);
SELECT people_make_ending('people_delegation', 'ended_at', 'ended_by', 'ended_because');
SELECT people_make_ending('people_record_grant', 'ended_at', 'ended_by', 'ended_because');

ALTER TABLE people_consent
    ADD CONSTRAINT people_consent_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_consent_recipient
        FOREIGN KEY (cell, recipient) REFERENCES people_organisation (cell, id),
    ADD CONSTRAINT people_consent_columns_are_of_content
        CHECK ((content::jsonb ->> 'id', content::jsonb ->> 'person',
                content::jsonb ->> 'recipient', content::jsonb ->> 'purpose',
                content::jsonb -> 'data_classes')
               IS NOT DISTINCT FROM
               (id::text, person::text, recipient::text, purpose, to_jsonb(data_classes)));
ALTER TABLE people_withdrawal
    ADD CONSTRAINT people_withdrawal_consent
        FOREIGN KEY (cell, consent) REFERENCES people_consent (cell, id),
    ADD CONSTRAINT people_withdrawal_columns_are_of_content
        CHECK ((content::jsonb ->> 'withdraws') IS NOT DISTINCT FROM consent::text);
ALTER TABLE people_delegation
    ADD CONSTRAINT people_delegation_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_delegation_delegate
        FOREIGN KEY (cell, delegate) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_delegation_organisation
        FOREIGN KEY (cell, organisation) REFERENCES people_organisation (cell, id),
    ADD CONSTRAINT people_delegation_ends_after_its_start CHECK (ended_at >= starts_at);
ALTER TABLE people_delegated_act ADD CONSTRAINT people_delegated_act_delegation
    FOREIGN KEY (cell, delegation) REFERENCES people_delegation (cell, id);
ALTER TABLE people_record_grant
    ADD CONSTRAINT people_record_grant_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_record_grant_membership
        FOREIGN KEY (cell, membership) REFERENCES people_membership (cell, id),
    ADD CONSTRAINT people_record_grant_ends_after_its_start CHECK (ended_at >= starts_at);
ALTER TABLE people_access
    ADD CONSTRAINT people_access_person
        FOREIGN KEY (cell, person) REFERENCES people_person (cell, id),
    ADD CONSTRAINT people_access_says_why CHECK (purpose <> '' AND basis <> ''),
    ADD CONSTRAINT people_access_says_what CHECK (record <> '' AND cardinality(fields) > 0);
