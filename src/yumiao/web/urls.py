"""The addresses of the pages."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from yumiao.web.views.codes import codes, codes_file, codes_issue, codes_letter, codes_revoke
from yumiao.web.views.entering import health, home, sign_in, sign_out
from yumiao.web.views.indicator_entering import target_act, target_add, value_act, value_add
from yumiao.web.views.indicators import indicator, indicator_file, indicators, indicators_file
from yumiao.web.views.firm_people import my_invite, my_leave, my_people, my_person, my_uninvite
from yumiao.web.views.jobs import job
from yumiao.web.views.joining import join
from yumiao.web.views.journal import journal, journal_export
from yumiao.web.views.messages import messages, messages_choose, messages_open, messages_read
from yumiao.web.views.my import my, my_fact, my_facts, my_home, my_proposals, my_questions, my_withdraw
from yumiao.web.views.my_download import my_download
from yumiao.web.views.overview import overview
from yumiao.web.views.policies import policies, policies_file, policy
from yumiao.web.views.policy_comparing import compare, compare_file
from yumiao.web.views.policy_trying import try_policy
from yumiao.web.views.proposals import proposal, proposals, proposals_file
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
    path("join/", join, name="join"),
    path("codes/", codes, name="codes"),
    path("codes/export.<str:kind>", codes_file, name="codes-export"),
    path("codes/letter/", codes_letter, name="codes-letter"),
    path("codes/issue/<str:subject>/", codes_issue, name="codes-issue"),
    path("codes/<str:code>/revoke/", codes_revoke, name="codes-revoke"),
    path("proposals/", proposals, name="proposals"),
    path("proposals/export.<str:kind>", proposals_file, name="proposals-export"),
    path("proposals/<str:proposal>/", proposal, name="proposal"),
    path("my/", my, name="my"),
    path("my/<str:subject>/", my_home, name="my-home"),
    path("my/<str:subject>/questions/", my_questions, name="my-questions"),
    path("my/<str:subject>/facts/", my_facts, name="my-facts"),
    path("my/<str:subject>/facts/<str:column>/", my_fact, name="my-fact"),
    path("my/<str:subject>/proposals/", my_proposals, name="my-proposals"),
    path("my/<str:subject>/proposals/<str:proposal>/withdraw/", my_withdraw, name="my-withdraw"),
    path("my/<str:subject>/data.<str:kind>", my_download, name="my-download"),
    path("my/<str:subject>/people/", my_people, name="my-people"),
    path("my/<str:subject>/people/invite/", my_invite, name="my-invite"),
    path("my/<str:subject>/people/leave/", my_leave, name="my-leave"),
    path("my/<str:subject>/people/codes/<str:code>/", my_uninvite, name="my-uninvite"),
    path("my/<str:subject>/people/<str:person>/", my_person, name="my-person"),
    path("journal/", journal, name="journal"),
    path("journal/export.csv", journal_export, name="journal-export"),
    path("messages/", messages, name="messages"),
    path("messages/read/", messages_read, name="messages-read"),
    path("messages/choose/", messages_choose, name="messages-choose"),
    path("messages/<str:message>/", messages_open, name="messages-open"),
]
