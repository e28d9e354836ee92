"""Django made ready by being imported, so that models can be imported after it."""

import django

django.setup()
