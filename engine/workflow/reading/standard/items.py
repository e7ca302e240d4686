"""Item definitions: what kind of data something is, and whether two kinds are the same."""

from __future__ import annotations

from engine.workflow.reading.standard.model import Element, Model, is_true, kind


def item_of(model: Model, data: Element) -> Element | None:
    """The item definition of an item-aware element; a reference has that of what it refers to."""
    through = {"dataObjectReference": "dataObjectRef", "dataStoreReference": "dataStoreRef"}.get(kind(data))
    referred = model.referred(data, through) if through is not None else None
    own = model.referred(data, "itemSubjectRef")
    return own if own is not None or referred is None else model.referred(referred, "itemSubjectRef")


def same_items(one: Element, other: Element) -> bool:
    """Whether two item definitions are equivalent: the same one, or two of the same structure."""
    return one is other or (structure(one) is not None and structure(one) == structure(other))


def structure(item: Element) -> tuple[str | None, str] | None:
    """The type that an item definition refers to, as namespace and name; None if it does not say."""
    prefix, _, name = item.get("structureRef", "").strip().rpartition(":")
    return (item.nsmap.get(prefix or None), name) if name else None


def is_collection(model: Model, data: Element) -> bool:
    """Whether data, or its item definition, is a collection."""
    item = item_of(model, data)
    return is_true(data, "isCollection") or (item is not None and is_true(item, "isCollection"))
