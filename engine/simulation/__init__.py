"""The same diagrams under a simulated clock and invented staff: scenarios, read and played."""
