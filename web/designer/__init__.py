"""The designer: which procedures are published, and what their diagrams look like."""
