"""Procedures and their published versions: checked before, whole, and never changed afterwards."""
