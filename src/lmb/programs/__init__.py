"""Who trains, and in what: providers and their programs. Certification will live here."""
