"""Addresses of single sign-on, there only where the settings name a provider; allauth looks them up by these names."""

from __future__ import annotations

from django.urls import path

from yumiao.web.views.single_sign_on import come_from_provider, go_to_provider

_OFFICE = {"provider_id": "office"}

urlpatterns = [
    path("office/login/", go_to_provider, _OFFICE, name="openid_connect_login"),
    path("office/login/callback/", come_from_provider, _OFFICE, name="openid_connect_callback"),
]
