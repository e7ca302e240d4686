"""What gunicorn serves: `gunicorn web.wsgi:application`, configured by the environment."""

from __future__ import annotations

from engine.logs import configure_logs
from engine.settings import read_settings
from web.application import create_application

configure_logs()
application = create_application(read_settings())
