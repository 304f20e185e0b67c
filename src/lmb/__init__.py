"""Labor Market Bonds: outcome-linked bonds that fund lifetime training wallets.

The Treasury issues a bond; its proceeds fund training wallets; certified programs train people;
wage records show what happened; dated rules turn those facts into determinations; determinations
move money in one set of books; and every cent of a coupon can be traced back to the facts that
earned it.
"""

__version__ = "0.1.0"
