"""Every address of the site."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/", include("yumiao.api.urls")),
    path("", include("yumiao.web.urls")),
]

handler403 = "yumiao.web.views.errors.refused"
handler404 = "yumiao.web.views.errors.not_found"
handler500 = "yumiao.web.views.errors.failed"
