"""The one PostgreSQL database: the declarative base, engines and sessions."""

from engine.database.base import Base, Moment, Snapshot
from engine.database.sessions import make_engine, make_sessions

__all__ = ["Base", "Moment", "Snapshot", "make_engine", "make_sessions"]
