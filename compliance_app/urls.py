from django.urls import path

from compliance_app import health

urlpatterns = [
    path("healthz", health.live, name="health-live"),
    path("readyz", health.ready, name="health-ready"),
]
