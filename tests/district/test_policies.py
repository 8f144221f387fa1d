"""The policies over HTTP: the list, one policy, trying it on typed facts, comparing two versions."""

import csv
import io
import re
from collections import Counter, defaultdict
from functools import cache
from html import unescape
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import AS_OF, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.permissions import Operation, can, visible_to
from yumiao.district.policies import comparing
from yumiao.district.policies.clause_coverage import clause_coverage
from yumiao.district.policies.describing import describe
from yumiao.district.policies.descriptions import Table
from yumiao.district.policies.selectors import level_of, versions_of
from yumiao.district.policies.trying import (
    broken_constraints,
    judge_typed,
    read_typed,
    trial_of,
    typed_of,
)
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.selectors import judged
from yumiao.model.facts import column_type
from yumiao.model.outcomes import Outcome
from yumiao.model.periods import split_column
from yumiao.model.units import MAGNITUDES, decimal_text
from yumiao.report.wording import fact_label
from yumiao.rules.examples import prepare_example, read_examples
from yumiao.rules.judging import PolicyJudge, SubjectJudge
from yumiao.web.templatetags.words import outcome_words

HANZI = re.compile(r"[\u3400-\u9fff]")
READERS = {"officer", "town", "enterprise", "expert"}
COMPARERS = {"officer", "town"}
PACKS = Path(__file__).parents[2] / "packs"
FAMILIES = library().families()


def page_of(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    page = response.content.decode()
    assert "⟦" not in page  # a name that a template does not know
    return page


def actor(login):
    return actor_of(Person.objects.get(login=login))


def links_in(page):
    return re.findall(r'<th scope="row"><a href="/policies/(\w+)/', page)


def subjects_in(page):
    return re.findall(r'<th scope="row"><a href="/enterprises/(\w+)/">', page)


# ── who may ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize(
    ("operation", "allowed", "address"),
    [
        (Operation.SEE_POLICIES, READERS, "/policies/"),
        (Operation.SEE_POLICIES, READERS, "/policies/export.csv"),
        (Operation.SEE_POLICIES, READERS, "/policies/hnte/"),
        (Operation.COMPARE_VERSIONS, COMPARERS, "/policies/srdi_sme/compare/"),
        (Operation.COMPARE_VERSIONS, COMPARERS, "/policies/srdi_sme/compare.csv"),
    ],
)
def test_policy_page_answers_as_the_matrix_says(login, operation, allowed, address, sign_in):
    decision = can(actor(login), operation)

    assert decision.allowed == (login in allowed)
    assert decision.allowed or (decision.reason.zh and decision.reason.en)
    assert sign_in(login).get(address).status_code == (200 if login in allowed else 403)


def test_policy_pages_ask_a_stranger_to_sign_in(client):
    assert client.get("/policies/hnte/").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "/policies/none/",
        "/policies/hnte/?version=none",
        "/policies/none/try/",
        "/policies/none/compare/",
        "/policies/hnte/compare/",
        "/policies/export.exe",
    ],
)
def test_what_is_not_there_is_not_found(address, sign_in):
    assert sign_in("officer").get(address).status_code == 404


# ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_list_holds_every_family_once(sign_in):
    assert sorted(links_in(page_of(sign_in("officer"), "/policies/"))) == sorted(FAMILIES)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=高新技术", {"hnte"}),
        ("q=%E3%80%942016%E3%80%9532", {"hnte"}),
        ("level=city", {"seed_unicorn_cz"}),
        ("level=province", {"gazelle_js", "unicorn_js"}),
        ("on=2001-01-01&in_force=1", set()),
        ("level=x&sort=x&on=x&q=hnte", {"hnte"}),
    ],
)
def test_list_is_filtered(query, found, sign_in):
    assert set(links_in(page_of(sign_in("officer"), f"/policies/?{query}"))) == found


def test_list_in_force_on_a_date_holds_exactly_the_versions_that_apply(sign_in):
    page = page_of(sign_in("officer"), "/policies/?on=2024-06-01&in_force=1")

    expected = {family for family in FAMILIES if library().in_force(family, AS_OF.replace(2024, 6, 1))}
    assert set(links_in(page)) == expected
    assert expected != set(FAMILIES)


def test_list_sorts_by_title(sign_in):
    found = links_in(page_of(sign_in("officer"), "/policies/?sort=title"))

    titles = [library().versions(family)[-1].title.zh for family in found]
    assert titles == sorted(titles)


@pytest.mark.parametrize("login", ["officer", "town"])
def test_every_count_equals_the_list_that_it_links_to(login, sign_in):
    client = sign_in(login)
    page = page_of(client, "/policies/")
    links = re.findall(r'href="(/enterprises/\?policy=[^"]*)">[^<]*?(\d+)</a>', page)

    assert len(links) == 4 * OutcomeCurrent.objects.values("family").distinct().count()
    for address, count in links:
        assert len(subjects_in(page_of(client, unescape(address)))) == int(count), address


@pytest.mark.parametrize("login", ["enterprise", "expert"])
@pytest.mark.parametrize("address", ["/policies/", "/policies/hnte/"])
def test_counts_are_not_shown_to_those_who_may_not_list(login, address, sign_in):
    assert "outcome=met" not in page_of(sign_in(login), address)


@pytest.mark.parametrize("address", ["/policies/", "/policies/hnte/", "/policies/srdi_sme/compare/"])
def test_page_costs_the_same_queries_for_one_enterprise_and_for_four(address, sign_in):
    counts = []
    for login in ("town", "officer"):
        client = sign_in(login)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10


def test_exported_list_holds_what_the_page_lists(sign_in):
    client = sign_in("officer")
    text = b"".join(client.get("/policies/export.csv?level=province").streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get("/policies/export.xlsx").streaming_content)))

    assert rows[0][0] == "政策"
    assert len(rows) == 3
    assert {len(row) for row in rows} == {11}
    assert book.active.max_row == len(FAMILIES) + 1


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("CN", "nation"),
        ("320000", "province"),
        ("320400", "city"),
        ("320412", "district"),
        ("32", "province"),
    ],
)
def test_level_follows_from_the_territory(code, level):
    assert level_of(code) == level


# ── one policy ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("policy", library().policies, ids=lambda policy: policy.id)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_description_says_every_part_of_every_policy(policy, language):
    body = policy.body
    said = describe(library(), policy, language, body.default_settings)

    assert [entry.label for entry in said.conditions] == [
        each.text.words(language) for each in body.conditions.values()
    ]
    assert all(entry.said and entry.confidence for entry in said.conditions)
    parts = [part for score in body.scores.values() for _, part in score.walk()]
    assert len(said.scores) == len(parts)
    assert [len(entry.table.rows) if entry.table else 0 for entry in said.scores] == [
        len(part.bands or ())
        + sum(each is not None for each in (part.below_zero, part.zero_base_two_years, part.one_year))
        * (part.bands is not None)
        for part in parts
    ]
    assert len(said.silences) == len(body.switches)
    assert [sum(reading.is_taken for reading in each.readings) for each in said.silences] == [1] * len(
        body.switches
    )
    assert len(said.routes) == len(body.routes)
    assert bool(said.met_when or said.classes or said.class_table)
    assert bool(said.near_miss) == (body.met_when is not None)


@pytest.mark.parametrize("policy", library().policies[::2], ids=lambda policy: policy.id)
def test_policy_page_shows_clauses_versions_and_readings(policy, sign_in):
    page = unescape(
        page_of(
            sign_in("officer"), f"/policies/{policy.family}/?version={policy.version.replace('+', '%2B')}"
        )
    )

    for condition in policy.body.conditions.values():
        assert condition.zh in page
        assert condition.cite in page
    for version in library().versions(policy.family):
        assert f"<b>{version.version}</b>" in page
    for document in policy.body.documents:
        assert document.number in page
    assert page.count("所取读法") == len(policy.body.switches)


def test_policy_page_shows_the_version_in_force_on_the_date(sign_in):
    client = sign_in("officer")
    early = library().in_force("srdi_sme", AS_OF.replace(2024, 1, 1))
    late = library().in_force("srdi_sme", AS_OF)

    assert early.id != late.id
    assert early.id in page_of(client, "/policies/srdi_sme/?on=2024-01-01")
    assert f'<dd class="tn">{late.id}</dd>' in page_of(client, "/policies/srdi_sme/")


def test_policy_page_says_when_counts_are_of_another_version(sign_in):
    early = library().in_force("srdi_sme", AS_OF.replace(2024, 1, 1))

    page = page_of(sign_in("officer"), f"/policies/srdi_sme/?version={early.version}")
    assert "覆盖数来自适用的版本" in page


ENGLISH = [
    "/policies/",
    "/policies/?q=nothing",
    *(f"/policies/{family}/" for family in FAMILIES),
    "/policies/hnte/?on=2015-01-01",
    "/policies/srdi_sme/compare/",
    "/policies/little_giant/compare/?old=x",
]


@pytest.mark.parametrize("address", ENGLISH)
def test_english_page_has_chinese_only_where_it_says_so(address, sign_in):
    client = sign_in("officer")
    client.cookies["django_language"] = "en"
    page = page_of(client, address)
    page = re.sub(r"<(\w+)([^>]*) lang=\"zh-CN\"[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    page = re.sub(r'<a href="/enterprises/\w+/">[^<]*</a>', "", page)  # names
    main = page[page.index("<h1>") : page.index("<footer")]

    assert HANZI.findall(main) == []


# ── trying ────────────────────────────────────────────────────────────────────────────────────────────────────


def trial(family="hnte"):
    return trial_of(library().in_force(family, AS_OF).id, AS_OF)


def test_form_asks_for_every_fact_that_the_policy_reads(sign_in):
    page = unescape(page_of(sign_in("officer"), "/policies/hnte/"))

    for column, leaf in trial().graph.leaves.items():
        assert f'name="fact.{column}"' in page
        assert fact_label(leaf.metric, leaf.year, "zh") in page


@pytest.mark.parametrize(
    ("family", "firm"), [("hnte", "hengzhou"), ("size_class", "qingmu"), ("srdi_sme", "jiahe")]
)
def test_filled_in_facts_give_the_answer_of_the_profile(family, firm, ids):
    found = judged()
    each = trial(family)
    typed = read_typed(each, typed_of(each, found.facts_of(ids[firm]).table))
    answer = judge_typed(each, typed, "x")
    stored = next(one for one in found.answers(ids[firm]) if one.policy == family)

    assert typed.problems == {}
    assert (answer.outcome, answer.class_, answer.reasons, answer.scores, answer.questions) == (
        stored.outcome,
        stored.class_,
        stored.reasons,
        stored.scores,
        stored.questions,
    )
    assert [(one.id, one.outcome, one.value, one.gap) for one in answer.conditions] == [
        (one.id, one.outcome, one.value, one.gap) for one in stored.conditions
    ]


def test_typed_share_decides_a_clause_exactly_at_its_threshold():
    each = trial()
    outcomes = {}
    for staff in ("9", "10"):
        typed = read_typed(each, {"tech_staff@2025": staff, "staff_total@2025": "100"})
        answer = judge_typed(each, typed, "x")
        outcomes[staff] = next(one.outcome for one in answer.conditions if one.id == "H4_tech_staff")

    assert outcomes == {"9": Outcome.NOT_MET, "10": Outcome.MET}


def test_typed_interval_leaves_open_what_it_straddles():
    each = trial()
    found = {}
    for staff in ("8~9", "9~10", "10~", "～9"):
        typed = read_typed(each, {"tech_staff@2025": staff, "staff_total@2025": "100"})
        answer = judge_typed(each, typed, "x")
        found[staff] = next(one.outcome for one in answer.conditions if one.id == "H4_tech_staff")

    assert found == {
        "8~9": Outcome.NOT_MET,
        "9~10": Outcome.UNDETERMINED,
        "10~": Outcome.MET,
        "～9": Outcome.NOT_MET,
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_greatest_numbers_that_can_be_typed_are_judged(family):
    each = trial_of(library().versions(family)[-1].id, AS_OF)
    greatest = {}
    for column in each.columns:
        metric = library().metrics[split_column(column)[0]]
        if metric.unit is not None:
            most = MAGNITUDES[metric.unit.dimension]
            most = most if metric.maximum is None else min(most, metric.maximum)
            greatest[column] = decimal_text(most // metric.unit.steps)
    typed = read_typed(each, greatest)

    assert typed.problems == {}
    assert set(typed.stored) == set(greatest)
    assert judge_typed(each, typed, "x").outcome in set(Outcome)


@pytest.mark.parametrize(
    "text", ["abc", "-1", "1e999999999", "9" * 70, "5~3", "~", "1~2~3", "1.5", "9" * 12, "NaN", "١"]
)
def test_wrong_number_is_reported_and_stays_unknown(text, sign_in):
    each = trial()
    typed = read_typed(each, {"staff_total@2025": text})

    assert typed.stored == {}
    assert list(typed.problems) == ["staff_total@2025"]
    problem = typed.problems["staff_total@2025"]
    assert problem.zh
    assert problem.en


def clauses_in(page):
    return page.count('<li class="tried-clause">')


def test_panel_says_what_to_do_before_anything_is_tried(sign_in):
    page = page_of(sign_in("officer"), "/policies/hnte/")

    assert "选一家企业，或填写事实，就看到结论和差距。" in page
    assert clauses_in(page) == 0
    assert '<details class="try-facts">' in page


def test_panel_opens_its_fields_to_whom_enterprises_are_not_shown(sign_in):
    page = page_of(sign_in("expert"), "/policies/hnte/")

    assert '<details class="try-facts" open>' in page
    assert 'name="subject"' not in page


def test_sent_form_is_answered_clause_by_clause_and_nothing_is_stored(sign_in):
    client = sign_in("expert")
    before = (Subject.objects.count(), OutcomeCurrent.objects.count())
    with CaptureQueriesContext(connection) as captured:
        response = client.post(
            "/policies/hnte/", {"fact.tech_staff@2025": "10", "fact.staff_total@2025": "1,00"}
        )
    page = unescape(response.content.decode())

    assert response.status_code == 200
    assert clauses_in(page) == len(trial().graph.conditions)
    assert 'value="10"' in page
    assert re.search(r'<details class="try-facts" open>', page)
    assert (Subject.objects.count(), OutcomeCurrent.objects.count()) == before
    written = [one["sql"] for one in captured if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [sql for sql in written if "django_session" not in sql] == []


def test_wrong_value_is_told_beside_its_field_and_kept(sign_in):
    response = sign_in("officer").post("/policies/hnte/", {"fact.staff_total@2025": "<b>many"})
    page = response.content.decode()

    assert response.status_code == 400
    assert 'value="&lt;b&gt;many"' in page
    assert "<b>many" not in page
    assert 'aria-invalid="true"' in page


def test_part_above_its_whole_is_pointed_out():
    each = trial()
    part, whole = next(pair for pair in each.graph.constraints)
    typed = read_typed(each, {part: "5", whole: "3"})

    assert len(broken_constraints(each, typed)) == 1
    assert broken_constraints(each, read_typed(each, {part: "3", whole: "5"})) == []


def test_enterprise_that_is_chosen_is_filled_in_and_judged_at_once(sign_in, ids):
    page = unescape(page_of(sign_in("officer"), f"/policies/hnte/?q=衡舟&subject={ids['hengzhou']}"))
    stored = next(each for each in judged().answers(ids["hengzhou"]) if each.policy == "hnte")

    assert re.search(r'name="fact.staff_total@2025" value="41"', page)
    assert page.count(f'<option value="{ids["hengzhou"]}" selected>') == 1
    assert re.search(r"已填入 [1-9][0-9]* 项事实", page)
    assert clauses_in(page) == len(stored.conditions)
    answer = page[page.index('id="try-answer"') :]
    assert outcome_words(stored.outcome) in answer[: answer.index('class="tried"')]
    for condition in stored.conditions:
        assert condition.gap is None or condition.gap.text.zh in answer


def test_enterprise_that_is_chosen_stays_so_though_other_words_are_searched(sign_in, ids):
    page = page_of(sign_in("officer"), f"/policies/hnte/?q=青木&subject={ids['hengzhou']}")

    assert page.count(f'<option value="{ids["hengzhou"]}" selected>') == 1


def test_script_is_given_the_panel_alone_and_wrong_values_as_an_answer(sign_in):
    client = sign_in("officer")
    values = {"fact.staff_total@2025": "<b>many", "fact.tech_staff@2025": "10"}
    shown = client.get("/policies/hnte/?q=衡舟", headers={"HX-Request": "true"})
    tried = client.post("/policies/hnte/", values, headers={"HX-Request": "true"})

    for response in (shown, tried):
        page = response.content.decode()
        assert response.status_code == 200
        assert page.startswith('<section class="card try" id="try"')
        assert "<h1" not in page
    assert "“&lt;b&gt;many”" in page[page.index('id="try-answer"') : page.index("try-facts")]


@pytest.mark.parametrize("login", PEOPLE)
def test_former_address_of_the_panel_leads_to_the_policy_with_what_was_asked(login, sign_in):
    query = "version=most-2016-32%2B195&on=2026-07-15"
    found = sign_in(login).get(f"/policies/hnte/try/?{query}")
    sent = sign_in(login).post("/policies/hnte/try/", {"fact.staff_total@2025": "10"})

    if login in READERS:
        assert (found.status_code, found.headers["Location"]) == (308, f"/policies/hnte/?{query}#try")
        assert (sent.status_code, sent.headers["Location"]) == (308, "/policies/hnte/#try")
    else:
        assert (found.status_code, sent.status_code) == (403, 403)


def test_search_for_an_enterprise_offers_visible_ones_only(sign_in, ids):
    page = page_of(sign_in("officer"), "/policies/hnte/?q=常州")

    assert ids["hengzhou"] in page
    assert ids["tianning"] not in page


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("login", "firm"), [("town", "qingmu"), ("enterprise", "jiahe"), ("expert", "hengzhou")]
)
def test_foreign_enterprise_is_refused(method, login, firm, sign_in, ids):
    response = getattr(sign_in(login), method)("/policies/hnte/", {"subject": ids[firm]})

    assert response.status_code == 403
    assert "fact.staff_total" not in response.content.decode()


def test_enterprise_is_not_filled_in_what_the_district_does_not_show_it(sign_in, ids, district_store):
    hidden = [name for name, each in library().reported.sources.items() if not each.shown_to_subject]
    page = page_of(sign_in("enterprise"), f"/policies/hnte/?subject={ids['hengzhou']}")

    assert hidden
    assert ('name="fact.staff_total@2025" value="41"' in page) == ("town" not in hidden)


# ── comparing ─────────────────────────────────────────────────────────────────────────────────────────────────


def pair():
    return [
        library().find(each)[0] for each in ("srdi_sme@miit-2022-63-annex2", "srdi_sme@miit-2026-2-annex1")
    ]


def test_versions_are_compared_as_each_judges_alone(ids):
    old, new = pair()
    found = comparing.compare_versions(actor("officer"), Projection.objects.get(), old, new)

    expected = {}
    for firm in ("hengzhou", "qingmu", "jiahe", "nowhere"):
        outcomes = []
        for policy in (old, new):
            each = trial_of(policy.id, AS_OF)
            typed = read_typed(each, typed_of(each, judged().facts_of(ids[firm]).table))
            outcomes.append(judge_typed(each, typed, "x").outcome)
        expected[ids[firm]] = tuple(outcomes)
    assert found.compared == 4
    assert sum(count for *_, count in found.flows) == 4
    for a, b, count in found.flows:
        assert sum(one == (a, b) for one in expected.values()) == count
    assert {each.subject for each in found.changed} == {key for key, (a, b) in expected.items() if a != b}


@cache
def example_rows():
    """The facts of the worked examples of two policies, by an id."""
    rows = []
    for file in ("srdi.yaml", "edges-srdi.yaml"):
        for example in read_examples(PACKS / "cn" / "examples" / file)[0]:
            family = example.policy.partition("@")[0]
            if family in ("srdi_sme", "little_giant") and example.as_of.year == AS_OF.year:
                prepared, problems = prepare_example(library(), example)
                assert problems == ()
                rows.append(dict(prepared.row))
    return {f"X{at:03}": row for at, row in enumerate(rows)}


@pytest.fixture
def examples(settings):
    """A register of worked examples: id → row of facts."""
    rows = example_rows()
    columns = sorted({column for row in rows.values() for column in row})
    types = {
        column: column_type(library().metrics[split_column(column.partition("#")[0])[0]])
        for column in columns
    }
    table = pl.DataFrame(
        {"subject": list(rows), "name": list(rows), "code": [None] * len(rows)}
        | {
            column: pl.Series([row.get(column) for row in rows.values()], dtype=pl.Int32)
            .cast(pl.Date)
            .alias(column)
            if types[column] == pl.Date
            else pl.Series([row.get(column) for row in rows.values()], dtype=types[column])
            for column in columns
        },
        schema_overrides={"code": pl.String},
    )
    folder = Path(settings.YUMIAO_DATA) / "judged" / "examples"
    folder.mkdir(exist_ok=True)
    table.write_parquet(folder / "facts.parquet")
    Projection.objects.update(folder="examples", subjects=len(rows))
    Subject.objects.bulk_create(Subject(id=key, name=key, sort_key=key, territory="320412") for key in rows)
    yield rows
    (folder / "facts.parquet").unlink()


@pytest.mark.parametrize("family", ["srdi_sme", "little_giant"])
def test_who_gains_and_who_loses_is_what_each_version_says_of_each_firm(family, examples, sign_in):
    old, new = versions_of(family)
    judges = SubjectJudge(library())
    expected = {
        key: tuple(judges.policy(policy, AS_OF).result(row).outcome for policy in (old, new))
        for key, row in filled(examples, family).items()
    }
    found = comparing.compare_versions(actor("officer"), Projection.objects.get(), old, new)
    gains = {key for key, (a, b) in expected.items() if b is Outcome.MET is not a}
    loses = {key for key, (a, b) in expected.items() if a is Outcome.MET is not b}

    assert found.compared == len(examples)
    assert {each.subject for each in found.changed} == {key for key, (a, b) in expected.items() if a is not b}
    assert {each.subject for each in found.changed if each.change == "gains"} == gains
    assert {each.subject for each in found.changed if each.change == "loses"} == loses
    assert gains | loses
    for each in found.changed:
        if each.change != "other":
            assert each.conditions
            assert each.why.zh
            assert each.why.en
    for row in found.by_condition:
        policy = old if row.change == "gains" else new
        names = [name for name, one in policy.body.conditions.items() if one.text == row.condition]
        behind = [
            each for each in found.changed if each.change == row.change and set(names) & set(each.conditions)
        ]
        assert len(behind) == row.count

    client = sign_in("officer")
    for change, wanted in (("gains", gains), ("loses", loses)):
        assert set(subjects_in(page_of(client, f"/policies/{family}/compare/?change={change}"))) == wanted
        sent = client.get(f"/policies/{family}/compare.csv?change={change}").streaming_content
        rows = list(csv.reader(io.StringIO(b"".join(sent).decode("utf-8-sig"))))
        assert {row[0] for row in rows[1:]} == wanted


def filled(rows, family):
    """Rows with what follows from the facts filled in, as the comparison does."""
    found = {key: dict(row) for key, row in rows.items()}
    for policy in versions_of(family):
        for derivation in trial_of(policy.id, AS_OF).derived:
            judge = PolicyJudge(library(), policy, derivation.graph)
            for row in found.values():
                if row.get(derivation.column) is None:
                    outcome = judge.result(row).outcome
                    row[derivation.column] = {Outcome.MET: True, Outcome.NOT_MET: False}.get(outcome)
    return found


def test_comparison_counts_visible_subjects_only():
    old, new = pair()
    built = Projection.objects.get()

    assert comparing.compare_versions(actor("town"), built, old, new).compared == 1


def test_too_many_subjects_are_not_compared_on_a_page(sign_in):
    Projection.objects.update(subjects=comparing.MOST_SUBJECTS + 1)

    page = page_of(sign_in("officer"), "/policies/srdi_sme/compare/")
    assert "网页上不比较" in page
    assert sign_in("officer").get("/policies/srdi_sme/compare.csv").status_code == 404


def test_version_compared_with_itself_says_to_choose_two(sign_in):
    version = pair()[0].version
    page = page_of(sign_in("officer"), f"/policies/srdi_sme/compare/?old={version}&new={version}")

    assert "请选择两个不同的版本" in page


def test_comparison_without_a_register_says_what_to_do(sign_in):
    Projection.objects.all().delete()

    assert "yumiao district rebuild" in page_of(sign_in("officer"), "/policies/srdi_sme/compare/")
    assert links_in(page_of(sign_in("officer"), "/policies/"))


# ── clause by clause ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("login", ["officer", "town"])
@pytest.mark.parametrize("family", ["tech_sme", "hnte"])
def test_counts_at_each_clause_are_those_of_the_answers_one_by_one(login, family, ids):
    built, register = Projection.objects.get(), judged()
    shown, _ = register.graph_of(family)
    counted = clause_coverage(actor(login), built, shown)
    expected = defaultdict(Counter)
    for subject in Subject.objects.filter(visible_to(actor(login))):
        known = register.known_of(subject.id)
        for condition in register.answer(known, family, asks=False).conditions:
            expected[condition.id][condition.outcome.value] += 1

    found = {
        name: {"met": each.met, "not_met": each.not_met, "undetermined": each.undetermined}
        for name, each in counted.clauses.items()
    }
    outcomes = ("met", "not_met", "undetermined")
    assert found == {name: {each: count[each] for each in outcomes} for name, count in expected.items()}
    assert len(found) > 2


def test_page_shows_counts_at_clauses_to_whoever_lists_enterprises_and_up_to_a_size(sign_in, monkeypatch):
    def bars(login):
        return page_of(sign_in(login), "/policies/tech_sme/").count('class="stand"')

    assert (bars("officer") > 2, bars("enterprise"), bars("expert")) == (True, 0, 0)
    monkeypatch.setattr("yumiao.district.policies.clause_coverage.MOST_SUBJECTS", 1)
    assert bars("officer") == 0


@pytest.mark.parametrize(
    ("rows", "lies"),
    [
        ((("≥ 5", "25–30"), ("≥ 4", "19–24"), ("其他", "0")), True),
        ((("≥ 5", "25–30"),), False),
        (tuple((f"≥ {number}", "1") for number in range(8)), False),
        (
            (
                ("只有两个会计年度且第一年为零或者为负数的情形", "0"),
                ("没有任何会计年度可以用来计算增长率的情形之一", "0"),
                ("其他情形", "1"),
            ),
            False,
        ),
    ],
)
def test_bands_lie_across_where_they_are_few_and_short(rows, lies):
    assert Table(("项数", "得分"), rows).lies_across is lies
