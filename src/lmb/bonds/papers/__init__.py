"""The papers of a bond: what an issuer publishes and a holder keeps, as PDF, HTML and figures.

    paper       a paper as content, before anybody sets it in type
    writing     how sentences, money, days and rates are written, in English and Spanish
    pdf, html   the two forms; the figures alone are a JSON document
    offering    offering circular of a term sheet of either version
    auction     auction notice, auction results
    confirmation  of a trade to either party, of an award to a bidder
    holdings    what an account held, what moved, what it was paid
    coupon      one coupon of one holder, with the trace of its rate
    redemption  a bond is paid back
    impact      what a bond set out to change and what changed; `indigo` is its export
    tax         what the information returns of a year show

One function makes each paper from plain values, and the same values give the same bytes in every
form. `lmb.bonds.queries_papers` and `queries_holdings` read those values off the books.
"""
