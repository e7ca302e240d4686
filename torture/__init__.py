"""Crashes on purpose: kills whatever runs, at any moment, and looks from outside whether anything is lost."""
