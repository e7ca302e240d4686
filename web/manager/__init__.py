"""The manager: how many dossiers stand where, and which are late."""
