"""Addresses that a browser hands back to say where somebody was."""

from __future__ import annotations


def inside(address: str | None) -> str | None:
    """An address within this system, or None: a link from outside must not send anybody elsewhere."""
    if not address or not address.isprintable():  # Browsers skip tabs and line ends: "/<tab>/host" means "//host".
        return None
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else None
