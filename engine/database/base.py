"""The declarative base that every table shares, and its column types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import DateTime, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

Moment = Annotated[datetime, "timestamptz"]
"""An aware point in time, stored as UTC."""

Snapshot = Annotated[dict[str, Any], "jsonb"]
"""Facts copied as they were at that moment; the order of keys carries no meaning (never a workflow state)."""


class Base(DeclarativeBase):
    """The base of all tables; names of constraints are predictable so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {Moment: DateTime(timezone=True), Snapshot: JSONB()}
