SELECT lmb_make_insert_only('people_person', true);
