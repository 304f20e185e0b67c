"""Composition: settings, the database launcher, the web server, assets.

The one place that knows the environment it runs in. The command line imports it; rooms do not.
"""
