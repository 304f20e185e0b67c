-- Auctions: a bid belongs to an announced auction, and a sealed bid opens to one bid only.
SELECT lmb_make_insert_only('bonds_reopening', true);
SELECT lmb_make_insert_only('bonds_sealed_bid', true);
SELECT lmb_make_insert_only('bonds_bid', true);
SELECT lmb_make_insert_only('bonds_award', true);

ALTER TABLE bonds_reopening
    ADD CONSTRAINT bonds_reopening_bond FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id),
    ADD CONSTRAINT bonds_reopening_is_sound CHECK (
        auction > 1 AND offering_cents > 0
        AND announced_on < auction_on AND auction_on < issue_on);
ALTER TABLE bonds_sealed_bid
    ADD CONSTRAINT bonds_sealed_bid_bond FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id),
    ADD CONSTRAINT bonds_sealed_bid_is_sealed CHECK (
        kind IN ('competitive', 'noncompetitive') AND commitment ~ '^[0-9a-f]{64}$');
ALTER TABLE bonds_bid
    ADD CONSTRAINT bonds_bid_bond FOREIGN KEY (cell, bond) REFERENCES bonds_bond (cell, id),
    ADD CONSTRAINT bonds_bid_is_a_bid CHECK (
        par_cents > 0 AND net_long_cents >= 0
        AND (kind = 'competitive' AND yield_percent IS NOT NULL
             OR kind = 'noncompetitive' AND yield_percent IS NULL)),
    ADD CONSTRAINT bonds_bid_seal CHECK (
        (commitment IS NULL) = (salt IS NULL) AND salt ~ '^[0-9a-f]{64}$'),
    ADD CONSTRAINT bonds_bid_sealed FOREIGN KEY (cell, bond, auction, commitment)
        REFERENCES bonds_sealed_bid (cell, bond, auction, commitment),
    ADD CONSTRAINT bonds_bid_opens_a_seal_once UNIQUE (cell, bond, auction, commitment);
ALTER TABLE bonds_award
    ADD CONSTRAINT bonds_award_bid FOREIGN KEY (cell, bid) REFERENCES bonds_bid (cell, id),
    ADD CONSTRAINT bonds_award_determination
        FOREIGN KEY (cell, determination) REFERENCES rules_determination (cell, id),
    ADD CONSTRAINT bonds_award_is_positive
        CHECK (par_cents > 0 AND price_cents > 0 AND accrued_cents >= 0);

-- The nine lines of lmb-sealed-bid/1, hashed as `auction/sealed.py` does: nobody can put on file
-- an opened bid that is not what was committed to.
CREATE FUNCTION bonds_check_opened_bids() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added n
        JOIN bonds_bond b ON b.cell = n.cell AND b.id = n.bond
        JOIN bonds_sealed_bid s ON s.cell = n.cell AND s.bond = n.bond
            AND s.auction = n.auction AND s.commitment = n.commitment
        WHERE (s.bidder, s.kind) IS DISTINCT FROM (n.bidder, n.kind)
           OR n.commitment <> encode(sha256(convert_to(concat(
                'lmb-sealed-bid/1', E'\n', b.cusip, E'\n', n.auction, E'\n', n.bidder, E'\n',
                n.kind, E'\n', n.par_cents, E'\n', trim_scale(n.yield_percent), E'\n',
                n.net_long_cents, E'\n', n.salt, E'\n'), 'UTF8')), 'hex')
    ) THEN
        RAISE EXCEPTION 'an opened bid is not what was committed to'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'bonds_bid_is_what_was_sealed';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER is_what_was_sealed AFTER INSERT ON bonds_bid
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION bonds_check_opened_bids();
