"""The addresses of the interface."""

from __future__ import annotations

from django.urls import path

from yumiao.api.document import make_interface

urlpatterns = [path("v1/", make_interface().urls)]
