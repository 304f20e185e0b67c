-- What is announced is public: bonds, their interest periods, reopenings, verified values of their
-- indicators, and in sums what was paid.
-- Who bid, holds, trades and is paid is between them, their custodians and the Treasury.
SELECT people_secure(held, format('HOLDER(%I) OR ROLE(treasury) OR ROLE(auditor)', holder))
FROM (VALUES
    ('bonds_sealed_bid'::regclass, 'bidder'),
    ('bonds_bid', 'bidder'),
    ('bonds_award', 'bidder'),
    ('bonds_securities_account', 'code'),
    ('bonds_entitlement', 'account'),
    ('bonds_payment_stop', 'account')) AS t(held, holder);
SELECT people_secure('bonds_award_event', $$
    EXISTS (SELECT FROM bonds_award a
            WHERE a.cell = bonds_award_event.cell AND a.bid = bonds_award_event.bid)$$);
SELECT people_secure('bonds_trade',
    'HOLDER(seller) OR HOLDER(buyer) OR ROLE(treasury) OR ROLE(auditor)');
