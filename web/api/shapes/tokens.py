"""Tokens: what is asked and what is given."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from web.api.shapes.base import Answer, Line, Moment, Readable, Request, Whole, described

Secret = Annotated[str, StringConstraints(max_length=1000), Readable]


class TokenRequest(Request):
    """Who wants a token, for how long, and what to call it."""

    username: Line = described("The user name with which the person logs in.", "nv.buudien1")
    password: Secret = described(
        "The password.", "correct horse battery staple", json_schema_extra={"format": "password"}
    )
    name: Line = described("What the token is for; shown to the person in a list.", "Máy quét quầy 1", default="API")
    days: Whole = described("How many days it lives, at most 365.", 90, default=90, ge=1, le=365)


class Token(Answer):
    """A bearer token; its text is shown this once."""

    token: str = described("Send it as `Authorization: Bearer …`.", "motcua_0AbCdEf…")
    name: str = described("What the token is for.", "Máy quét quầy 1")
    expires_at: Moment = described("When it stops working.", "2022-06-20T02:40:00Z")
    person: str = described("The full name of whom it stands for.", "Hoàng Văn Ưng")
