"""The addresses of the pages."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from yumiao.web.firm_urls import FIRM_PATHS
from yumiao.web.views.administration.calendar import calendar, calendar_clear, calendar_file, calendar_import
from yumiao.web.views.administration.divisions import (
    division_act,
    divisions,
    divisions_file,
    divisions_import,
)
from yumiao.web.views.administration.people import people, people_file, person, person_new
from yumiao.web.views.administration.person_acts import person_act
from yumiao.web.views.administration.retention import (
    retention,
    retention_destroy,
    retention_over,
    retention_over_file,
)
from yumiao.web.views.administration.tokens import token_new, token_revoke, tokens, tokens_file
from yumiao.web.views.entering import health, home, sign_in, sign_out
from yumiao.web.views.jobs import job
from yumiao.web.views.journal import journal, journal_export
from yumiao.web.views.me import me, my_password, my_second_factor, my_session_end
from yumiao.web.views.messages import messages, messages_choose, messages_open, messages_read
from yumiao.web.views.monitoring import live, metrics, ready
from yumiao.web.views.overview import overview
from yumiao.web.views.policies import policies, policies_file, policy
from yumiao.web.views.policy_comparing import compare, compare_file
from yumiao.web.views.policy_trying import former_page
from yumiao.web.views.second_step import new_password, sign_in_code, sign_in_set_up

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/code/", sign_in_code, name="sign-in-code"),
    path("sign-in/set-up/", sign_in_set_up, name="sign-in-set-up"),
    path("sign-in/new-password/", new_password, name="new-password"),
    path("sign-out/", sign_out, name="sign-out"),
    path("me/", me, name="me"),
    path("me/password/", my_password, name="my-password"),
    path("me/second-factor/", my_second_factor, name="my-second-factor"),
    path("me/sessions/", my_session_end, name="my-session-end"),
    path("language/", set_language, name="set_language"),
    path("health/", health, name="health"),
    path("health/live/", live, name="live"),
    path("health/ready/", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("overview/", overview, name="overview"),
    path("", include("yumiao.web.indicator_urls")),
    path("enterprises/", include("yumiao.web.enterprise_urls")),
    path("chains/", include("yumiao.web.chain_urls")),
    path("policies/", policies, name="policies"),
    path("policies/export.<str:kind>", policies_file, name="policies-export"),
    path("policies/<str:family>/", policy, name="policy"),
    path("policies/<str:family>/try/", former_page, name="policy-try"),
    path("policies/<str:family>/compare/", compare, name="policy-compare"),
    path("policies/<str:family>/compare.<str:kind>", compare_file, name="policy-compare-export"),
    path("imports/", include("yumiao.web.import_urls")),
    path("jobs/<str:job>/", job, name="job"),
    *FIRM_PATHS,
    path("admin/people/", people, name="people"),
    path("admin/people/export.<str:kind>", people_file, name="people-export"),
    path("admin/people/new/", person_new, name="person-new"),
    path("admin/people/<str:person>/", person, name="person"),
    path("admin/people/<str:person>/<str:act>/", person_act, name="person-act"),
    path("admin/tokens/", tokens, name="tokens"),
    path("admin/tokens/export.<str:kind>", tokens_file, name="tokens-export"),
    path("admin/tokens/new/", token_new, name="token-new"),
    path("admin/tokens/<str:token>/revoke/", token_revoke, name="token-revoke"),
    path("admin/calendar/", calendar, name="calendar"),
    path("admin/calendar/import/", calendar_import, name="calendar-import"),
    path("admin/calendar/export.<str:kind>", calendar_file, name="calendar-export"),
    path("admin/calendar/<str:day>/clear/", calendar_clear, name="calendar-clear"),
    path("admin/divisions/", divisions, name="divisions"),
    path("admin/divisions/import/", divisions_import, name="divisions-import"),
    path("admin/divisions/export.<str:kind>", divisions_file, name="divisions-export"),
    path("admin/divisions/<int:row>/<str:act>/", division_act, name="division-act"),
    path("admin/retention/", retention, name="retention"),
    path("admin/retention/destroy/", retention_destroy, name="retention-destroy"),
    path("admin/retention/<slug:kind>/", retention_over, name="retention-over"),
    path("admin/retention/<slug:kind>/export.<str:form>", retention_over_file, name="retention-over-export"),
    path("journal/", journal, name="journal"),
    path("journal/export.csv", journal_export, name="journal-export"),
    path("messages/", messages, name="messages"),
    path("messages/read/", messages_read, name="messages-read"),
    path("messages/choose/", messages_choose, name="messages-choose"),
    path("messages/<str:message>/", messages_open, name="messages-open"),
]

if settings.YUMIAO_SINGLE_SIGN_ON.is_on:
    urlpatterns.append(path("oidc/", include("yumiao.web.single_sign_on_urls")))
