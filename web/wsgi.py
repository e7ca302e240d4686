"""What gunicorn serves: `gunicorn web.wsgi:application`, configured by the environment."""

from __future__ import annotations

from engine.settings import read_settings
from web.application import create_application

application = create_application(read_settings())
