"""The WSGI application; whoever serves it has set the database variables."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from lmb.config.connections import serve_strangers
from lmb.config.server import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmb.config.settings")
end_with_parent()

serve_strangers()
application = get_wsgi_application()
