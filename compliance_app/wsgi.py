"""The web server's application. The server loads it once and forks its workers from that."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance_app.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
# What lives as long as the process is not looked through again while somebody waits for a page.
gc.collect()
gc.freeze()
