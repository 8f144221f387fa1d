"""The addresses of the pages."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from yumiao.web.firm_urls import FIRM_PATHS
from yumiao.web.views.brief import brief, brief_made, brief_make, brief_pdf, brief_print
from yumiao.web.views.entering import health, home, sign_in, sign_out
from yumiao.web.views.indicator_entering import target_act, target_add, value_act, value_add
from yumiao.web.views.indicators import indicator, indicator_file, indicators, indicators_file
from yumiao.web.views.jobs import job
from yumiao.web.views.journal import journal, journal_export
from yumiao.web.views.messages import messages, messages_choose, messages_open, messages_read
from yumiao.web.views.overview import overview
from yumiao.web.views.policies import policies, policies_file, policy
from yumiao.web.views.policy_comparing import compare, compare_file
from yumiao.web.views.policy_trying import try_policy
from yumiao.web.views.sources import sources, sources_file

urlpatterns = [
    path("", home, name="home"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("language/", set_language, name="set_language"),
    path("health/", health, name="health"),
    path("overview/", overview, name="overview"),
    path("overview/sources/", sources, name="sources"),
    path("overview/sources.<str:kind>", sources_file, name="sources-export"),
    path("enterprises/", include("yumiao.web.enterprise_urls")),
    path("enterprises/", enterprises, name="enterprises"),
    path("enterprises/export.<str:kind>", export, name="export"),
    path("enterprises/<str:subject>/", enterprise, name="enterprise"),
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
    path("policies/", policies, name="policies"),
    path("policies/export.<str:kind>", policies_file, name="policies-export"),
    path("policies/<str:family>/", policy, name="policy"),
    path("policies/<str:family>/try/", try_policy, name="policy-try"),
    path("policies/<str:family>/compare/", compare, name="policy-compare"),
    path("policies/<str:family>/compare.<str:kind>", compare_file, name="policy-compare-export"),
    path("jobs/<str:job>/", job, name="job"),
    *FIRM_PATHS,
    path("journal/", journal, name="journal"),
    path("journal/export.csv", journal_export, name="journal-export"),
    path("messages/", messages, name="messages"),
    path("messages/read/", messages_read, name="messages-read"),
    path("messages/choose/", messages_choose, name="messages-choose"),
    path("messages/<str:message>/", messages_open, name="messages-open"),
]
