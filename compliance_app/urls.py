from django.urls import include, path

from compliance_app import health

urlpatterns = [
    path("healthz", health.live, name="health-live"),
    path("readyz", health.ready, name="health-ready"),
    path("", include("reviews.api.urls")),
    path("", include("reviews.web.urls")),
]
