"""The way in and out: signing in, choosing for whom one acts, signing out."""
