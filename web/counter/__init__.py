"""The counter: receiving dossiers, handing them over, taking money, returning results."""
