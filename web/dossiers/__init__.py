"""A dossier as everybody who may know of it sees it."""
