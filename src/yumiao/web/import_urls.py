"""The addresses of the pages below /imports/."""

from __future__ import annotations

from django.urls import path

from yumiao.web.views.import_batches import batch, batch_change, batches, batches_file
from yumiao.web.views.import_changes import changes, changes_file
from yumiao.web.views.import_columns import columns, columns_anew, columns_text
from yumiao.web.views.import_conflicts import conflicts, conflicts_file, conflicts_settle
from yumiao.web.views.import_corrections import corrections, corrections_back, corrections_file
from yumiao.web.views.import_decisions import (
    decisions_file,
    decisions_page,
    decisions_together,
    decisions_undo,
)
from yumiao.web.views.import_pairs import pair_choose, pairs, pairs_accept, pairs_file, pairs_reopen
from yumiao.web.views.import_problems import correct, problems, problems_file
from yumiao.web.views.import_queue import queue, queue_accept, queue_decide, queue_file
from yumiao.web.views.import_splitting import split_page
from yumiao.web.views.imports import (
    imports,
    imports_file,
    intake,
    intake_cancel,
    intake_check,
    intake_commit,
    intake_from,
    intake_new,
    intake_progress,
)

urlpatterns = [
    path("", imports, name="imports"),
    path("export.<str:kind>", imports_file, name="imports-export"),
    path("new/", intake_new, name="import-new"),
    path("batches/", batches, name="batches"),
    path("batches/export.<str:kind>", batches_file, name="batches-export"),
    path("batches/<str:batch>/", batch, name="batch"),
    path("batches/<str:batch>/change/", batch_change, name="batch-change"),
    path("queue/", queue, name="queue"),
    path("queue/export.<str:kind>", queue_file, name="queue-export"),
    path("queue/decide/", queue_decide, name="queue-decide"),
    path("queue/accept/", queue_accept, name="queue-accept"),
    path("queue/decisions/", decisions_page, name="decisions"),
    path("queue/decisions/undo/", decisions_undo, name="decisions-undo"),
    path("queue/decisions/export.<str:kind>", decisions_file, name="decisions-export"),
    path("queue/decisions/together/<int:number>/", decisions_together, name="decisions-together"),
    path("split/<str:subject>/", split_page, name="import-split"),
    path("conflicts/", conflicts, name="conflicts"),
    path("conflicts/export.<str:kind>", conflicts_file, name="conflicts-export"),
    path("conflicts/<int:fact>/", conflicts_settle, name="conflicts-settle"),
    path("<str:intake>/", intake, name="import"),
    path("<str:intake>/progress/", intake_progress, name="import-progress"),
    path("<str:intake>/from/", intake_from, name="import-from"),
    path("<str:intake>/check/", intake_check, name="import-check"),
    path("<str:intake>/commit/", intake_commit, name="import-commit"),
    path("<str:intake>/cancel/", intake_cancel, name="import-cancel"),
    path("<str:intake>/columns/<str:file>/", columns, name="import-columns"),
    path("<str:intake>/columns/<str:file>/text/", columns_text, name="import-columns-text"),
    path("<str:intake>/columns/<str:file>/anew/", columns_anew, name="import-columns-anew"),
    path("<str:intake>/problems/", problems, name="import-problems"),
    path("<str:intake>/problems.<str:kind>", problems_file, name="import-problems-export"),
    path("<str:intake>/correct/", correct, name="import-correct"),
    path("<str:intake>/corrections/", corrections, name="import-corrections"),
    path("<str:intake>/corrections.<str:kind>", corrections_file, name="import-corrections-export"),
    path("<str:intake>/corrections/<int:correction>/back/", corrections_back, name="import-corrections-back"),
    path("<str:intake>/pairs/", pairs, name="import-pairs"),
    path("<str:intake>/pairs.<str:kind>", pairs_file, name="import-pairs-export"),
    path("<str:intake>/pairs/accept/", pairs_accept, name="import-pairs-accept"),
    path("<str:intake>/pairs/reopen/", pairs_reopen, name="import-pairs-reopen"),
    path("<str:intake>/pairs/choose/", pair_choose, name="import-pair-choose"),
    path("<str:intake>/changes/", changes, name="import-changes"),
    path("<str:intake>/changes.<str:kind>", changes_file, name="import-changes-export"),
]
