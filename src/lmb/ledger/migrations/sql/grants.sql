-- Functions are closed to everyone by default; the application role is given the few doors.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    ledger_open_cell(integer, text, boolean),
    ledger_define_unit(text, integer, text),
    ledger_define_purpose(text, text),
    ledger_define_fund(text, text),
    ledger_open_accounts(integer, timestamptz, jsonb),
    ledger_lock_accounts(integer, text[], boolean, uuid),
    ledger_instruct(integer, timestamptz, uuid, text, text, text, text),
    ledger_close_through(integer, timestamptz),
    ledger_post(integer, timestamptz, jsonb),
    ledger_post(integer, timestamptz, jsonb, integer[], text[], text[], text[], text[], numeric[],
        text[], uuid[], timestamptz[], boolean[]),
    ledger_posted(text, bigint),
    ledger_held(text, bigint),
    ledger_uuid8(bytea),
    ledger_digest(integer, text),
    ledger_transfer_id(integer, text),
    ledger_entries_back(integer, uuid, bigint),
    ledger_forget_refusals(integer, integer)
TO lmb_app;
