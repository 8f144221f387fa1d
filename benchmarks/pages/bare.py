"""The yardstick: a bare Django list of the same rows, as ``startproject`` and ``ListView`` give it.

The rows lie flat in one SQLite table of their own, with everything that the platform's list shows: no joins, no
filters, nobody signs in. Served as the platform is: ``granian --interface wsgi bare:application``.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import django
from django.conf import settings

TEMPLATE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>List</title></head><body>
<h1>{{ page_obj.paginator.count }}</h1><table><thead><tr><th>Name</th><th>Code</th><th>Place</th><th>Verdicts</th>
<th>Near</th><th>Titles</th></tr></thead><tbody>
{% for row in object_list %}<tr><th scope="row"><a href="/rows/{{ row.id }}/">{{ row.name }}</a></th>
<td>{{ row.code }}</td><td>{{ row.place }}</td>
<td><span>{{ row.met }}</span> <span>{{ row.not_met }}</span> <span>{{ row.undetermined }}</span></td>
<td>{{ row.near }}</td><td>{{ row.titles }}</td></tr>{% endfor %}</tbody></table>
{% if page_obj.has_previous %}<a href="?page={{ page_obj.previous_page_number }}">previous</a>{% endif %}
{{ page_obj.number }} / {{ page_obj.paginator.num_pages }}
{% if page_obj.has_next %}<a href="?page={{ page_obj.next_page_number }}">next</a>{% endif %}</body></html>"""

_COPY = """
CREATE TABLE bare_row AS
SELECT s.id, s.name, s.code, s.territory AS place, s.sort_key, s.met, s.not_met, s.undetermined,
  coalesce((SELECT group_concat(o.family || ' ' || o.gap_zh, '; ') FROM r.registry_outcomecurrent o
            WHERE o.subject_id = s.id AND o.near_miss), '') AS near,
  coalesce((SELECT group_concat(t.title || ' ' || coalesce(t.until_low, ''), '; ') FROM r.registry_titleheld t
            WHERE t.subject_id = s.id AND t.held), '') AS titles
FROM r.registry_subject s
"""


def copy_rows(register: Path, place: Path) -> int:
    """Copy what the platform's list shows into a flat table; returns how many rows."""
    place.unlink(missing_ok=True)
    with sqlite3.connect(place) as connection:
        connection.execute("ATTACH ? AS r", (str(register),))
        connection.execute(_COPY)
        connection.execute("CREATE UNIQUE INDEX bare_id ON bare_row (id)")
        connection.execute("CREATE INDEX bare_order ON bare_row (sort_key, id)")
        connection.commit()
        (count,) = connection.execute("SELECT count(*) FROM bare_row").fetchone()
    return int(count)


if os.environ.get("BARE_DATABASE"):
    settings.configure(
        SECRET_KEY="a benchmark on this machine",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["BARE_DATABASE"]}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ],
                    "loaders": [
                        (
                            "django.template.loaders.cached.Loader",
                            [("django.template.loaders.locmem.Loader", {"list.html": TEMPLATE})],
                        )
                    ],
                },
            }
        ],
    )
    django.setup()

    from django.core.wsgi import get_wsgi_application
    from django.db import models
    from django.urls import path
    from django.views.generic import ListView

    class Row(models.Model):
        """One enterprise, flat."""

        id = models.CharField(primary_key=True, max_length=40)
        name = models.CharField(max_length=300)
        code = models.CharField(max_length=40)
        place = models.CharField(max_length=12)
        sort_key = models.CharField(max_length=120)
        met = models.IntegerField()
        not_met = models.IntegerField()
        undetermined = models.IntegerField()
        near = models.TextField()
        titles = models.TextField()

        class Meta:
            app_label = "bare"
            db_table = "bare_row"
            managed = False

        def __str__(self) -> str:
            return self.name

    class Rows(ListView):
        """Fifty rows a page, in the order of names."""

        model = Row
        template_name = "list.html"
        ordering = ("sort_key", "id")
        paginate_by = 50

    urlpatterns = [path("rows/", Rows.as_view())]
    application = get_wsgi_application()
