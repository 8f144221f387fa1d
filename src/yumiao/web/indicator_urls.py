"""The addresses of indicators, sources, the monthly brief, the call list and deliveries."""

from __future__ import annotations

from django.urls import path

from yumiao.web.views.brief import brief, brief_made, brief_make, brief_pdf, brief_print
from yumiao.web.views.calls import calls, calls_file, calls_print
from yumiao.web.views.deliveries import deliveries, deliveries_file, deliveries_retry
from yumiao.web.views.indicator_entering import target_act, target_add, value_act, value_add
from yumiao.web.views.indicators import indicator, indicator_file, indicators, indicators_file
from yumiao.web.views.messages import messages_topics
from yumiao.web.views.sources import sources, sources_file

urlpatterns = [
    path("overview/calls/", calls, name="calls"),
    path("overview/calls/print/", calls_print, name="calls-print"),
    path("overview/calls.<str:kind>", calls_file, name="calls-export"),
    path("messages/topics/", messages_topics, name="messages-topics"),
    path("messages/deliveries/", deliveries, name="deliveries"),
    path("messages/deliveries/retry/", deliveries_retry, name="deliveries-retry"),
    path("messages/deliveries.<str:kind>", deliveries_file, name="deliveries-export"),
    path("overview/sources/", sources, name="sources"),
    path("overview/sources.<str:kind>", sources_file, name="sources-export"),
    path("brief/", brief, name="brief"),
    path("brief/make/", brief_make, name="brief-make"),
    path("brief/print/", brief_print, name="brief-print"),
    path("brief/pdf/", brief_pdf, name="brief-pdf"),
    path("brief/made/<str:made>/", brief_made, name="brief-made"),
    path("indicators/", indicators, name="indicators"),
    path("indicators/export.<str:kind>", indicators_file, name="indicators-export"),
    path("indicators/values/add/", value_add, name="indicator-value-add"),
    path("indicators/values/<int:value>/", value_act, name="indicator-value-act"),
    path("indicators/targets/add/", target_add, name="indicator-target-add"),
    path("indicators/targets/<int:target>/", target_act, name="indicator-target-act"),
    path("indicators/<str:indicator>/", indicator, name="indicator"),
    path("indicators/<str:indicator>/export.<str:kind>", indicator_file, name="indicator-export"),
]
