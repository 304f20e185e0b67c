"""What became of people, from facts alone: what happened, and what an offer of training changed.

    estimators     effects, exact to the last digit
    indicators     the six federal indicators, by two engines
    determination  statements that money rests on, by two engines, with corrections
    gaming         signs that an outcome was made rather than earned
    lottery, power before the first outcome: drawing a trial, and what it can show
    periods        periods of participation from service events
    measure        the measure `lmb run` pays a version 1 bond on

Nouns: an arm (treated: drew the offer in the lottery; control: did not), a period of participation,
an indicator, an estimate with its standard error and interval, a statement.
"""
