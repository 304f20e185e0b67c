"""The six federal indicators of performance, counted exactly, by two engines that must agree.

Nouns: a period of participation (the unit of count), a wage row (one person, employer, quarter and
source), a window (the days exits or skill gains fall in), an outcome (what one period counts for),
an indicator (numerator and denominator), a score (actual over adjusted level, truncated).

    files ──tables──▶ periods, wages ──sql──▶ outcome of each period ──▶ Indicators
                            └────────polars_engine (written apart)─────▶ Indicators

Everything is counted in integers: rates stay numerator and denominator, money stays cents, the
median stays a fraction. Neither the order of rows nor the number of threads can change a digit.
"""
