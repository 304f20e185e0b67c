"""Closes one period after another, end to end and in order: measure, determine, pay, report.

A *programme* is one bond with its people: term sheet, bids, lottery and work records. Its
*steps* follow from its dates. Each step runs in one transaction and is marked done in it, so an
interrupted run goes on where it stopped and a finished one is only read.
"""
