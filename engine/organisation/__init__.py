"""Units, people and who holds which role where, each for a period of time; log-in; published settings."""
