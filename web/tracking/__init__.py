"""Public tracking: where a dossier stands, for whoever holds its receipt."""
