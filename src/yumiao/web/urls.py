"""The addresses of the pages."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from yumiao.web.firm_urls import FIRM_PATHS
from yumiao.web.views.entering import health, home, sign_in, sign_out
from yumiao.web.views.jobs import job
from yumiao.web.views.journal import journal, journal_export
from yumiao.web.views.messages import messages, messages_choose, messages_open, messages_read
from yumiao.web.views.overview import overview
from yumiao.web.views.policies import policies, policies_file, policy
from yumiao.web.views.policy_comparing import compare, compare_file
from yumiao.web.views.policy_trying import try_policy

urlpatterns = [
    path("", home, name="home"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-out/", sign_out, name="sign-out"),
    path("language/", set_language, name="set_language"),
    path("health/", health, name="health"),
    path("overview/", overview, name="overview"),
    path("", include("yumiao.web.indicator_urls")),
    path("enterprises/", include("yumiao.web.enterprise_urls")),
    path("policies/", policies, name="policies"),
    path("policies/export.<str:kind>", policies_file, name="policies-export"),
    path("policies/<str:family>/", policy, name="policy"),
    path("policies/<str:family>/try/", try_policy, name="policy-try"),
    path("policies/<str:family>/compare/", compare, name="policy-compare"),
    path("policies/<str:family>/compare.<str:kind>", compare_file, name="policy-compare-export"),
    path("imports/", include("yumiao.web.import_urls")),
    path("jobs/<str:job>/", job, name="job"),
    *FIRM_PATHS,
    path("journal/", journal, name="journal"),
    path("journal/export.csv", journal_export, name="journal-export"),
    path("messages/", messages, name="messages"),
    path("messages/read/", messages_read, name="messages-read"),
    path("messages/choose/", messages_choose, name="messages-choose"),
    path("messages/<str:message>/", messages_open, name="messages-open"),
]
