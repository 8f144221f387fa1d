"""The profile of an enterprise and its pages: verdicts, facts with every earlier value, what if, plans, time line."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import AS_OF, NOW, SmallDistrict

from yumiao.district.jobs.doing import do_job
from yumiao.district.jobs.models import Job
from yumiao.district.policies.plans import plan_quickly
from yumiao.district.policies.supposing import ground_of, suppose
from yumiao.district.registry import selectors
from yumiao.district.registry.models import OutcomeCurrent, Projection, TitleHeld
from yumiao.district.registry.packs import library
from yumiao.district.registry.services import rebuild
from yumiao.evaluate.subjects import row_of, subject_facts
from yumiao.model.outcomes import Outcome


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def firm(ids):
    return f"/enterprises/{ids['hengzhou']}/"


# ── the profile ───────────────────────────────────────────────────────────────────────────────────────────────


def test_profile_shows_the_verdict_of_every_policy_and_the_clauses_of_one(sign_in, firm):
    page = page_of(sign_in("officer"), firm + "?policy=hnte")

    linked = set(re.findall(r'<a href="\?policy=(\w+)#clauses"', page))

    assert linked == {each.partition("@")[0] for each in Projection.objects.get().receipt["policies"]}
    assert '<a href="?policy=hnte#clauses" aria-current="true">' in page
    assert "第十一条（一）" in page
    assert "常州衡舟轴承厂" in page


def test_profile_shows_only_what_is_to_be_solved_when_asked(sign_in, firm, ids):
    row = OutcomeCurrent.objects.get(subject=ids["hengzhou"], family="hnte")
    client = sign_in("officer")
    whole = page_of(client, firm + "?policy=hnte").count('<tr class="vrow-')
    unsolved = page_of(client, firm + "?policy=hnte&show=unsolved").count('<tr class="vrow-')
    policies = len(Projection.objects.get().receipt["policies"])

    assert row.failing + row.open == unsolved - policies < whole - policies


def test_profile_ladder_shows_the_highest_title_held_as_now(sign_in, firm, ids):
    TitleHeld.objects.create(subject_id=ids["hengzhou"], title="tech_sme", held=True, end_known=False)

    page = page_of(sign_in("officer"), firm + "?policy=hnte")

    assert re.findall(r'<li class="(\w+)"', page.split('class="rungs')[1])[:5] == [
        "now",
        "next",
        "later",
        "later",
        "later",
    ]


def test_profile_costs_the_same_queries_for_every_enterprise(sign_in, ids):
    client = sign_in("officer")
    client.get("/enterprises/")
    counts = set()
    for name in ("hengzhou", "qingmu", "jiahe"):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/enterprises/{ids[name]}/")
        counts.add(len(captured))

    assert len(counts) == 1


def test_verdicts_on_the_profile_are_those_of_the_register(ids):
    judged = selectors.judged()
    for name in ids:
        found = {each.policy: each.outcome.value for each in judged.answers(ids[name], asks=False)}
        rows = OutcomeCurrent.objects.filter(subject=ids[name]).values_list("family", "outcome")
        assert found == dict(rows)


def test_row_filled_by_one_function_is_that_of_the_table(ids):
    judged = selectors.judged()
    for subject in ids.values():
        known = judged.known_of(subject)
        table = subject_facts(known.facts, judged.deriver.derived, subject)
        assert judged.deriver.fill(known.row) == row_of(table)


def test_answer_without_questions_says_all_else_of_the_same(ids):
    judged = selectors.judged()
    for whole in judged.answers(ids["hengzhou"]):
        short = judged.answer(judged.known_of(ids["hengzhou"]), whole.policy, asks=False)
        assert (short.questions, short.may_be_decided) == ((), False)
        assert replace(whole, questions=(), may_be_decided=False, reasons=()) == replace(short, reasons=())


def test_questions_are_a_page_and_a_part_of_the_profile(sign_in, firm):
    client = sign_in("officer")

    assert f'hx-get="{firm}questions/?part=1"' in page_of(client, firm)
    assert "<html" in page_of(client, firm + "questions/")
    assert "<html" not in page_of(client, firm + "questions/?part=1")
    assert page_of(client, firm + "questions/?part=1").count("<li>") == 8


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def contested(tmp_path, settings):
    """A firm of which two sources say different things, and one source said something else before."""
    district = SmallDistrict(tmp_path).fill()
    district.add_staff("qingmu", 250, source="tax")
    district.add_staff("qingmu", 240, source="tax")
    settings.YUMIAO_STORE = district.store.path
    settings.YUMIAO_DATA = tmp_path
    rebuild(district.store, library(), as_of=AS_OF, data=tmp_path, now=NOW)
    return f"/enterprises/{district.ids['qingmu']}/"


def test_fact_page_shows_every_value_with_its_cell_batch_and_both_dates(sign_in, contested):
    page = page_of(sign_in("officer"), contested + "facts/staff_total@2025/")
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in page.split("<tr ")[1:]]
    shown = [[text_of(cell).strip() for cell in row] for row in rows]

    assert [(row[0], row[1], row[3]) for row in shown] == [
        ("240 人", "采信", "税务部门"),
        ("260 人", "未采信", "镇（街道）、园区"),
        ("250 人", "已更新", "税务部门"),
    ]
    assert {row[4:7] and tuple(row[4:7]) for row in shown} == {
        ("名单.csv", "名单", "D2"),
        ("名单.csv", "名单", "D3"),
    }
    assert {row[7] for row in shown} == {"2026-06-30"}
    assert len({row[8] for row in shown}) == len({row[9] for row in shown}) == 3


def test_facts_page_lists_what_counts_and_filters(sign_in, contested):
    client = sign_in("officer")

    assert "3 个值" in page_of(client, contested + "facts/")
    assert "240 人" in page_of(client, contested + "facts/?which=contested")
    assert "成立日期" not in page_of(client, contested + "facts/?which=contested")
    assert "没有符合条件的事实" in page_of(client, contested + "facts/?q=没有这样的")


def test_facts_file_holds_every_value(sign_in, contested):
    response = sign_in("officer").get(contested + "facts.csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

    assert len(lines) == 1 + 4
    assert sum("职工总数" in line for line in lines) == 3


def test_fact_that_was_never_received_is_not_found(sign_in, firm):
    assert sign_in("officer").get(firm + "facts/none@2025/").status_code == 404


def test_timeline_tells_what_was_received_and_what_changed(sign_in, contested):
    told = text_of(page_of(sign_in("officer"), contested + "timeline/"))

    assert "250 人 → 240 人" in told
    assert told.count("收到税务部门资料 1 项") == 2


def test_enterprise_sees_no_value_of_a_hidden_source_on_any_page(sign_in, ids, monkeypatch):
    reported = library().reported
    town = replace(reported.sources["town"], shown_to_subject=False)
    hiding = replace(library(), reported=replace(reported, sources={**reported.sources, "town": town}))
    for module in ("district.policies.shown_facts", "web.histories", "web.profiles"):
        monkeypatch.setattr(f"yumiao.{module}.library", lambda: hiding)
    own = f"/enterprises/{ids['hengzhou']}/"
    pages = (
        "",
        "facts/",
        "timeline/",
        "what-if/?policy=tech_sme",
        "plans/?policy=tech_sme",
        "?policy=tech_sme",
    )

    shown = [text_of(page_of(sign_in("officer"), own + page)) for page in pages]
    withheld = [text_of(page_of(sign_in("enterprise"), own + page)) for page in pages]

    assert any("41 人" in page for page in shown)
    assert "不对外显示" in withheld[-1]
    assert [page for page in withheld if "41 人" in page or "名单.csv" in page] == []
    assert 'value="41"' not in page_of(sign_in("enterprise"), own + "what-if/?policy=tech_sme")


def test_enterprise_sees_a_title_of_its_own_only_where_a_shown_source_tells_of_it(sign_in, ids, monkeypatch):
    own, label = f"/enterprises/{ids['hengzhou']}/", library().titles["hnte"].label.text.zh
    TitleHeld.objects.create(subject_id=ids["hengzhou"], title="hnte", held=True, end_known=False)
    tag = f'<span class="tag pine">{label}</span>'
    asked = []

    def rows(_subject, hidden=frozenset()):
        asked.append(hidden)
        return [] if "statistics" in hidden else [("hnte", "granted", None, "a")]

    monkeypatch.setattr(selectors, "subject_title_rows", rows)
    assert tag in page_of(sign_in("officer"), own)
    assert tag not in page_of(sign_in("enterprise"), own)
    assert "statistics" in asked[0]
    monkeypatch.setattr(selectors, "subject_title_rows", lambda *_: [("hnte", "granted", None, "a")])
    assert tag in page_of(sign_in("enterprise"), own)


# ── what if ───────────────────────────────────────────────────────────────────────────────────────────────────


def ground(subject, family):
    judged = selectors.judged()
    return ground_of(judged, judged.known_of(subject), family)


def test_what_if_with_nothing_changed_is_the_verdict_as_it_is(ids):
    found = suppose(ground(ids["hengzhou"], "size_class"), {}, {}, "typed")

    assert found.after == found.before
    assert found.shifts == ()


def test_what_if_judges_the_changed_facts_and_names_them(ids):
    values = {"size_industry": "industry", "operating_revenue@2025": "30000", "staff_period_end@2025": "900"}
    values |= {"total_assets@2025": "100"}
    found = suppose(ground(ids["hengzhou"], "size_class"), values, {}, "typed")

    assert (found.before.outcome, found.after.outcome) == (Outcome.UNDETERMINED, Outcome.MET)
    assert {each.column for each in found.shifts} == set(values)
    assert {each.before.zh for each in found.shifts} == {"未知"}


def test_what_if_follows_what_is_derived_from_the_changed_facts(ids):
    """Whether it is an SME follows from the size class, which follows from the staff."""
    values = {"size_industry": "industry", "operating_revenue@2025": "300", "staff_period_end@2025": "9"}
    before = ground(ids["hengzhou"], "little_giant")
    found = suppose(before, values, {}, "typed")
    was = {each.id: each.outcome for each in found.before.conditions}
    turned = [each.id for each in found.after.conditions if each.outcome != was[each.id]]

    assert set(values) <= set(before.trial.columns)
    assert turned != []


def test_what_if_with_a_lever_moves_what_goes_along(ids):
    base = ground(ids["hengzhou"], "tech_sme")
    values = {"tech_staff@2025": "4"}
    known = replace(base.known, row={**base.known.row, "tech_staff@2025": 4})
    start = ground_of(base.judged, known, "tech_sme")
    hire = next(move for move in start.moves if move.lever.id == "hire_tech_staff")
    found = suppose(start, {}, {hire.lever.id: "3"}, "typed")

    assert {each.column: each.after.zh for each in found.shifts} == {
        "tech_staff@2025": "7 人",
        "staff_total@2025": "44 人",
    }
    assert values["tech_staff@2025"] == "4"


def test_lever_of_the_gap_closes_it(ids):
    """What the gap of a condition says is enough, is enough when the lever is moved by so much."""
    base = ground(ids["hengzhou"], "hnte")
    spent = {f"rd_expense_hnte@{year}": 100_000_00 for year in (2023, 2024, 2025)}
    sold = {f"sales_revenue@{year}": 10_000_000_00 for year in (2023, 2024, 2025)}
    row = {**base.known.row, **spent, **sold}
    start = ground_of(base.judged, replace(base.known, row=row), "hnte")
    before = suppose(start, {}, {}, "typed").before
    gaps = [each for each in before.conditions if each.gap is not None and each.gap.lever == "spend_on_rd"]
    for condition in gaps:
        found = suppose(start, {}, {"spend_on_rd": condition.gap.change}, "typed")
        outcomes = {each.id: each.outcome for each in found.after.conditions}
        assert outcomes[condition.id] is Outcome.MET
    assert gaps


@pytest.mark.parametrize("amount", ["1.5", "-1", "x", "9" * 20, "1/0", "nan"])
def test_what_if_refuses_an_amount_that_is_none_of_the_lever(ids, amount):
    base = ground(ids["hengzhou"], "tech_sme")
    start = ground_of(
        base.judged, replace(base.known, row={**base.known.row, "tech_staff@2025": 4}), "tech_sme"
    )
    found = suppose(start, {}, {"hire_tech_staff": amount}, "typed")

    assert found.after is None
    assert set(found.problems) == {"hire_tech_staff"}


def test_what_if_page_without_scripts_keeps_what_was_typed_and_saves_nothing(sign_in, firm, ids):
    client, before = sign_in("officer"), list(OutcomeCurrent.objects.values_list())
    sent = {"policy": "size_class", "fact.operating_revenue@2025": "30000", "fact.size_industry": "industry"}

    response = client.post(firm + "what-if/", sent)
    page = response.content.decode()

    assert response.status_code == 200
    assert 'name="fact.operating_revenue@2025" value="30000"' in page
    assert "有变化" not in page or page.count("<html") == 1
    assert list(OutcomeCurrent.objects.values_list()) == before


def test_what_if_part_for_scripts_is_the_answer_alone(sign_in, firm):
    sent = {"policy": "size_class", "fact.operating_revenue@2025": "30000"}
    response = sign_in("officer").post(firm + "what-if/", sent, headers={"HX-Request": "true"})
    page = response.content.decode()

    assert "<html" not in page
    assert page.startswith('<div id="wi-answer"')
    assert 'id="wi-short"' in page


def test_what_if_that_was_not_understood_says_where_and_keeps_it(sign_in, firm):
    response = sign_in("officer").post(
        firm + "what-if/", {"policy": "size_class", "fact.operating_revenue@2025": "many"}
    )
    page = response.content.decode()

    assert response.status_code == 400
    assert 'value="many"' in page
    assert "看不懂“many”" in page


# ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_plan_page_says_why_there_is_none(sign_in, firm):
    told = text_of(page_of(sign_in("officer"), firm + "plans/?policy=unicorn_gbt"))

    assert "没有找到路径" in told
    assert "没有可用的抓手" in told


def test_plan_page_takes_no_day_before_the_verdicts(sign_in, firm):
    assert "不能早于" in page_of(sign_in("officer"), firm + "plans/?policy=hnte&on=2020-01-01")


def test_thorough_plan_is_asked_for_once_and_shown_when_done(
    sign_in, firm, ids, django_capture_on_commit_callbacks
):
    client = sign_in("officer")
    sent = {"policy": "hnte", "on": "2027-07-15"}

    first = client.post(firm + "plans/", sent)
    client.post(firm + "plans/", sent)
    job = Job.objects.get(kind="enterprise.plan")
    waiting = client.get(first.headers["Location"])
    do_job(job.id, lambda: NOW)
    job.refresh_from_db()
    done = client.get(first.headers["Location"])

    assert waiting.headers["Refresh"] == "2"
    assert (job.state, job.result["policy"], job.result["on"]) == ("done", "hnte", "2027-07-15")
    assert "Refresh" not in done.headers
    assert "缺少事实，先问清楚" in done.content.decode()


def test_quick_plan_leads_to_met_when_it_is_carried_out(ids):
    judged = selectors.judged()
    known = judged.known_of(ids["hengzhou"])
    row = {**known.row, "tech_staff@2025": 2, "resident_enterprise_audited_collection": True}
    row |= {"restricted_or_eliminated_industry": False, "super_deduction_excluded_industry": False}
    row |= {"serious_incident_last_or_current_year": False, "serious_dishonesty_list": False}
    result = plan_quickly(judged, replace(known, row=row), "tech_sme", judged.as_of.replace(year=2027))

    assert result["policy"] == "tech_sme"
    assert bool(result["plans"]) != bool(result["hindrances"])
