"""The addresses of what concerns firms themselves: their own pages, codes, proposals, campaigns."""

from __future__ import annotations

from django.urls import path

from yumiao.web.views.campaign_acts import (
    campaign_act,
    campaign_assign,
    campaign_firm,
    campaign_firm_act,
    campaign_new,
)
from yumiao.web.views.campaign_picking import campaign_questions
from yumiao.web.views.campaigns import campaign, campaign_file, campaigns, campaigns_file
from yumiao.web.views.codes import codes, codes_file, codes_issue, codes_letter, codes_revoke
from yumiao.web.views.firm_people import my_invite, my_leave, my_people, my_person, my_uninvite
from yumiao.web.views.joining import join
from yumiao.web.views.my import my, my_facts, my_home, my_proposals, my_questions, my_withdraw
from yumiao.web.views.my_answers import my_draft_remove, my_drafts, my_fact, my_unknown
from yumiao.web.views.my_download import my_download
from yumiao.web.views.proposals import proposal, proposals, proposals_file

FIRM_PATHS = [
    path("join/", join, name="join"),
    path("codes/", codes, name="codes"),
    path("codes/export.<str:kind>", codes_file, name="codes-export"),
    path("codes/letter/", codes_letter, name="codes-letter"),
    path("codes/issue/<str:subject>/", codes_issue, name="codes-issue"),
    path("codes/<str:code>/revoke/", codes_revoke, name="codes-revoke"),
    path("proposals/", proposals, name="proposals"),
    path("proposals/export.<str:kind>", proposals_file, name="proposals-export"),
    path("proposals/<str:proposal>/", proposal, name="proposal"),
    path("campaigns/", campaigns, name="campaigns"),
    path("campaigns/export.<str:kind>", campaigns_file, name="campaigns-export"),
    path("campaigns/new/", campaign_new, name="campaign-new"),
    path("campaigns/<str:campaign>/", campaign, name="campaign"),
    path("campaigns/<str:campaign>/export.<str:kind>", campaign_file, name="campaign-export"),
    path("campaigns/<str:campaign>/questions/", campaign_questions, name="campaign-questions"),
    path("campaigns/<str:campaign>/assign/", campaign_assign, name="campaign-assign"),
    path("campaigns/<str:campaign>/firms/<int:firm>/", campaign_firm, name="campaign-firm"),
    path("campaigns/<str:campaign>/firms/<int:firm>/act/", campaign_firm_act, name="campaign-firm-act"),
    path("campaigns/<str:campaign>/<str:act>/", campaign_act, name="campaign-act"),
    path("my/", my, name="my"),
    path("my/<str:subject>/", my_home, name="my-home"),
    path("my/<str:subject>/questions/", my_questions, name="my-questions"),
    path("my/<str:subject>/questions/<int:question>/unknown/", my_unknown, name="my-unknown"),
    path("my/<str:subject>/facts/", my_facts, name="my-facts"),
    path("my/<str:subject>/facts/<str:column>/", my_fact, name="my-fact"),
    path("my/<str:subject>/drafts/", my_drafts, name="my-drafts"),
    path("my/<str:subject>/drafts/<str:column>/remove/", my_draft_remove, name="my-draft-remove"),
    path("my/<str:subject>/proposals/", my_proposals, name="my-proposals"),
    path("my/<str:subject>/proposals/<str:proposal>/withdraw/", my_withdraw, name="my-withdraw"),
    path("my/<str:subject>/data.<str:kind>", my_download, name="my-download"),
    path("my/<str:subject>/people/", my_people, name="my-people"),
    path("my/<str:subject>/people/invite/", my_invite, name="my-invite"),
    path("my/<str:subject>/people/leave/", my_leave, name="my-leave"),
    path("my/<str:subject>/people/codes/<str:code>/", my_uninvite, name="my-uninvite"),
    path("my/<str:subject>/people/<str:person>/", my_person, name="my-person"),
]
