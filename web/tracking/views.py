"""Public tracking by number and the code on the receipt: the state in national wording, without names."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

blueprint = Blueprint("tracking", __name__, template_folder="templates")


@blueprint.get("/tra-cuu/tim")
def show() -> str:
    """placeholder"""
    return ""


@blueprint.get("/tra-cuu")
def ask() -> str:
    """placeholder"""
    return render_template("tracking/ask.html")
