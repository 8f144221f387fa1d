"""The addresses below ``chains/``: industrial chains, their links, and who is placed in them."""

from __future__ import annotations

from django.urls import path

from yumiao.web.views.chain_dismissals import chain_dismissals, chain_dismissals_file
from yumiao.web.views.chain_files import placements_import, placements_template
from yumiao.web.views.chain_placements import (
    act_undo,
    chain_placements,
    chain_placements_file,
    placement_act,
)
from yumiao.web.views.chain_suggestions import (
    chain_suggestions,
    chain_suggestions_file,
    codes_unknown,
    codes_unknown_file,
)
from yumiao.web.views.chains import (
    chain,
    chain_edit,
    chain_file,
    chain_new,
    chains,
    chains_file,
    chains_published,
    link_edit,
    link_new,
)

urlpatterns = [
    path("", chains, name="chains"),
    path("export.<str:kind>", chains_file, name="chains-export"),
    path("new/", chain_new, name="chain-new"),
    path("published/", chains_published, name="chains-published"),
    path("import/", placements_import, name="chains-import"),
    path("template.<str:kind>", placements_template, name="chains-template"),
    path("unknown/", codes_unknown, name="codes-unknown"),
    path("unknown.<str:kind>", codes_unknown_file, name="codes-unknown-export"),
    path("acts/<str:act>/", act_undo, name="chain-act"),
    path("placements/<str:placement>/", placement_act, name="placement-act"),
    path("<str:chain_id>/", chain, name="chain"),
    path("<str:chain_id>.<str:kind>", chain_file, name="chain-export"),
    path("<str:chain_id>/edit/", chain_edit, name="chain-edit"),
    path("<str:chain_id>/links/", link_new, name="link-new"),
    path("<str:chain_id>/links/<str:link>/", link_edit, name="link-edit"),
    path("<str:chain_id>/placements/", chain_placements, name="chain-placements"),
    path("<str:chain_id>/placements.<str:kind>", chain_placements_file, name="chain-placements-export"),
    path("<str:chain_id>/suggested/", chain_suggestions, name="chain-suggestions"),
    path("<str:chain_id>/suggested.<str:kind>", chain_suggestions_file, name="chain-suggestions-export"),
    path("<str:chain_id>/dismissed/", chain_dismissals, name="chain-dismissals"),
    path("<str:chain_id>/dismissed.<str:kind>", chain_dismissals_file, name="chain-dismissals-export"),
]
