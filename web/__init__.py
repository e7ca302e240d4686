"""The web layer: read the request, call one function of the engine, commit at the edge, render."""
