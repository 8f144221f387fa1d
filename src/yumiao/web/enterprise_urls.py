"""The addresses below ``enterprises/``: the list, and the pages of one enterprise."""

from __future__ import annotations

from django.urls import path

from yumiao.web.views.chain_placements import enterprise_chains
from yumiao.web.views.enterprise import enterprise, enterprise_questions, enterprise_timeline
from yumiao.web.views.enterprise_facts import enterprise_fact, enterprise_facts, enterprise_facts_export
from yumiao.web.views.enterprise_plans import enterprise_plans
from yumiao.web.views.enterprise_records import (
    enterprise_attachment,
    enterprise_attachments,
    enterprise_contact,
    enterprise_contacts,
    enterprise_note,
    enterprise_notes,
)
from yumiao.web.views.enterprise_what_if import enterprise_what_if
from yumiao.web.views.enterprises import enterprises
from yumiao.web.views.export import export
from yumiao.web.views.reminding import enterprise_remind
from yumiao.web.views.saved_filters import filters_act, filters_save

urlpatterns = [
    path("", enterprises, name="enterprises"),
    path("export.<str:kind>", export, name="export"),
    path("filters/", filters_save, name="filters-save"),
    path("filters/<str:saved>/", filters_act, name="filters-act"),
    path("<str:subject>/", enterprise, name="enterprise"),
    path("<str:subject>/questions/", enterprise_questions, name="enterprise-questions"),
    path("<str:subject>/remind/", enterprise_remind, name="enterprise-remind"),
    path("<str:subject>/timeline/", enterprise_timeline, name="enterprise-timeline"),
    path("<str:subject>/what-if/", enterprise_what_if, name="enterprise-what-if"),
    path("<str:subject>/plans/", enterprise_plans, name="enterprise-plans"),
    path("<str:subject>/facts/", enterprise_facts, name="enterprise-facts"),
    path("<str:subject>/facts.<str:kind>", enterprise_facts_export, name="enterprise-facts-export"),
    path("<str:subject>/facts/<str:column>/", enterprise_fact, name="enterprise-fact"),
    path("<str:subject>/chains/", enterprise_chains, name="enterprise-chains"),
    path("<str:subject>/notes/", enterprise_notes, name="enterprise-notes"),
    path("<str:subject>/notes/<str:note>/", enterprise_note, name="enterprise-note"),
    path("<str:subject>/attachments/", enterprise_attachments, name="enterprise-attachments"),
    path("<str:subject>/attachments/<str:attachment>/", enterprise_attachment, name="enterprise-attachment"),
    path("<str:subject>/contacts/", enterprise_contacts, name="enterprise-contacts"),
    path("<str:subject>/contacts/<str:contact>/", enterprise_contact, name="enterprise-contact"),
]
