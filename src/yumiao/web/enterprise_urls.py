"""The addresses below ``enterprises/``: the list, and the pages of one enterprise."""

from __future__ import annotations

from django.urls import path

from yumiao.web.views.enterprise import enterprise, enterprise_questions, enterprise_timeline
from yumiao.web.views.enterprise_facts import enterprise_fact, enterprise_facts, enterprise_facts_export
from yumiao.web.views.enterprise_plans import enterprise_plans
from yumiao.web.views.enterprise_what_if import enterprise_what_if
from yumiao.web.views.enterprises import enterprises
from yumiao.web.views.export import export

urlpatterns = [
    path("", enterprises, name="enterprises"),
    path("export.<str:kind>", export, name="export"),
    path("<str:subject>/", enterprise, name="enterprise"),
    path("<str:subject>/questions/", enterprise_questions, name="enterprise-questions"),
    path("<str:subject>/timeline/", enterprise_timeline, name="enterprise-timeline"),
    path("<str:subject>/what-if/", enterprise_what_if, name="enterprise-what-if"),
    path("<str:subject>/plans/", enterprise_plans, name="enterprise-plans"),
    path("<str:subject>/facts/", enterprise_facts, name="enterprise-facts"),
    path("<str:subject>/facts.<str:kind>", enterprise_facts_export, name="enterprise-facts-export"),
    path("<str:subject>/facts/<str:column>/", enterprise_fact, name="enterprise-fact"),
]
