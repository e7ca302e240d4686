"""What goes over the wire: every request and answer of the interface, described once for checking and documentation."""
