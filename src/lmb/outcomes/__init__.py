"""What became of people: estimates of what an offer of training changed, from facts alone.

Nouns: an arm (treated: drew the offer in the lottery; control: did not), the sums of an arm, an
estimate with its standard error and interval, a placement rate, a wage change.
"""
