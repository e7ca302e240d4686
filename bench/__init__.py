"""Measures what a completed user task costs, as ratios to a floor that is taken in the same run."""
