"""Pages over HTTP: what they hold, what they cost, what they refuse."""

import csv
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.district.districts import FIRMS, NOW, PASSWORD

from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.services import create_person
from yumiao.district.registry.models import OutcomeCurrent, Projection
from yumiao.web.exporting import neutralised

HANZI = re.compile(r"[\u3400-\u9fff]")


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def names_in(page):
    return re.findall(r'<th scope="row"><a href="/enterprises/\w+/">([^<]*)</a>', page)


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def test_list_is_in_the_order_of_pinyin(sign_in):
    assert names_in(page_of(sign_in("officer"), "/enterprises/")) == [
        "常州衡舟精密传动有限公司",
        "常州嘉禾电子有限公司",
        "=HYPERLINK(1)&lt;script&gt;有限公司",
        "武进青木新材料有限公司",
    ]


@pytest.mark.parametrize("query", ["", "?policy=size_class", "?policy=hnte&sort=distance", "?q=a"])
def test_list_costs_the_same_queries_for_one_row_and_for_three(query, sign_in):
    town, officer = sign_in("town"), sign_in("officer")
    town.get(
        "/enterprises/" + query
    )  # a session's first request notes when it began, a search reads the names once
    officer.get("/enterprises/" + query)

    assert queries_of(town, "/enterprises/" + query) == queries_of(officer, "/enterprises/" + query)


@pytest.mark.parametrize("outcome", ["met", "not_met", "undetermined"])
@pytest.mark.parametrize("policy", ["size_class", "hnte", "tech_sme"])
def test_filter_by_outcome_lists_exactly_those_with_it(policy, outcome, sign_in):
    visible = {"hengzhou", "qingmu", "jiahe", "nowhere"}
    names = {FIRMS[firm][1]: firm for firm in visible}
    rows = OutcomeCurrent.objects.filter(family=policy, outcome=outcome, subject__code__in=names)

    page = page_of(sign_in("officer"), f"/enterprises/?policy={policy}&outcome={outcome}")

    assert len(names_in(page)) == rows.count()
    assert {code for code in names if code in page} == {row.subject.code for row in rows}


def test_filters_stay_in_the_form_and_in_every_link(sign_in):
    page = page_of(sign_in("officer"), "/enterprises/?q=常州&policy=hnte&near_miss=&sort=code")

    assert 'name="q" value="常州"' in page
    assert '<option value="hnte" selected>' in page
    assert "/enterprises/export.csv?q=%E5%B8%B8%E5%B7%9E&amp;policy=hnte&amp;sort=code" in page


@pytest.mark.parametrize(
    "query",
    [
        "?page=999",
        "?page=-1",
        "?page=x",
        "?outcome=none",
        "?policy=none&outcome=met",
        "?sort=x",
        "?territory=%00",
    ],
)
def test_query_that_means_nothing_is_passed_over(query, sign_in):
    assert len(names_in(page_of(sign_in("officer"), "/enterprises/" + query))) == 4


def test_list_filtered_to_nothing_says_how_to_go_on(sign_in):
    page = page_of(sign_in("officer"), "/enterprises/?q=没有这样的")

    assert "没有符合条件的企业" in page
    assert 'href="/enterprises/"' in page


def test_list_of_a_division_without_subjects_says_so(sign_in):
    create_person(
        login="far.town", password=PASSWORD, role=Role.TOWN, label="远镇", now=NOW, territories=("320481",)
    )

    assert "您的辖区还没有企业" in page_of(sign_in("far.town"), "/enterprises/")


def test_list_before_the_first_register_says_what_to_do(sign_in):
    Projection.objects.all().delete()

    assert "yumiao district rebuild" in page_of(sign_in("officer"), "/enterprises/")


def test_profile_shows_verdicts_clauses_and_cells(sign_in, ids):
    page = page_of(sign_in("officer"), f"/enterprises/{ids['hengzhou']}/?policy=tech_sme")

    assert "常州衡舟轴承厂" in page
    assert re.search(r"41 人.*?名单\.csv 名单 D2", page, re.DOTALL)
    assert "先问这些" in page


def test_markup_in_a_received_name_is_text(sign_in, ids):
    client = sign_in("officer")

    for address in ("/enterprises/", f"/enterprises/{ids['nowhere']}/"):
        page = page_of(client, address)
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


def test_profile_of_no_subject_is_not_found(sign_in):
    assert sign_in("officer").get("/enterprises/s000/").status_code == 404


def test_enterprise_is_led_to_its_own_pages(sign_in, ids):
    led = sign_in("enterprise").get("/", follow=True)

    assert [address for address, _ in led.redirect_chain] == ["/my/", f"/my/{ids['hengzhou']}/"]


def test_refusal_says_why_in_the_language_of_the_reader(sign_in, ids):
    client = sign_in("officer")
    address = f"/enterprises/{ids['tianning']}/"

    assert "不在您的辖区" in client.get(address).content.decode()
    client.cookies["django_language"] = "en"
    assert "not in a division that you work for" in client.get(address).content.decode()


# ── exports ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_csv_holds_every_verdict_and_no_formula(sign_in):
    response = sign_in("officer").get("/enterprises/export.csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))

    assert rows[0] == [
        "名称",
        "代码",
        "属地",
        "政策",
        "结论",
        "差距",
        "差一步",
        "来源不一致",
        "资质",
        "有效期至",
        "已知事实",
    ]
    assert len(rows) == 1 + 4 * len(Projection.objects.get().receipt["policies"])
    assert {row[0] for row in rows} >= {"'=HYPERLINK(1)<script>有限公司", "武进青木新材料有限公司"}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_workbook_holds_the_same_rows_and_no_formula(sign_in):
    client = sign_in("officer")
    file = b"".join(client.get("/enterprises/export.xlsx?policy=hnte").streaming_content)
    sheet = openpyxl.load_workbook(io.BytesIO(file)).active
    rows = list(sheet.iter_rows())

    assert len(rows) == 5
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}
    assert rows[3][0].value == "=HYPERLINK(1)<script>有限公司"


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@a", "'@a"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_cell_that_would_be_a_formula_gets_an_apostrophe(cell, safe):
    assert neutralised(cell) == safe


def test_export_of_another_kind_is_not_found(sign_in):
    assert sign_in("officer").get("/enterprises/export.exe").status_code == 404


# ── what every page keeps ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def every_page(sign_in, ids):
    client = sign_in("officer")
    pages = {
        address: client.get(address)
        for address in (
            "/enterprises/",
            "/enterprises/?policy=hnte",
            "/enterprises/?q=没有这样的",
            f"/enterprises/{ids['hengzhou']}/",
            f"/enterprises/{ids['tianning']}/",
            "/none/",
        )
    }
    return pages | {"/sign-in/": Client().get("/sign-in/"), "/": sign_in("system").get("/", follow=True)}


def test_every_page_forbids_what_is_inline_and_holds_nothing_inline(every_page):
    for address, response in every_page.items():
        page = response.content.decode()
        assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"], address
        assert response.headers["X-Frame-Options"] == "DENY", address
        assert response.headers["Cache-Control"] == "no-store", address
        assert not re.search(r"<style|<script(?! src=)|\sstyle=|\son\w+=", page), address


def test_every_page_names_its_language_title_and_main_part(every_page):
    for address, response in every_page.items():
        page = response.content.decode()
        assert '<html lang="zh-CN">' in page, address
        assert re.search(r"<title>\S.* · 育苗 Yumiao</title>", page), address
        assert page.count('<main id="main"') == 1, address
        assert len(re.findall(r"<h1", page)) == 1, address
        assert "unknown variable" not in page, address


def test_every_field_has_a_label(every_page):
    for address, response in every_page.items():
        page = response.content.decode()
        fields = re.findall(r"<(?:input|select)\s[^>]*>", page)
        for field in fields:
            if 'type="hidden"' in field or 'type="checkbox"' in field or "aria-label" in field:
                continue
            (name,) = re.findall(r' id="([^"]+)"', field)
            assert f'for="{name}"' in page, (address, field)


def test_language_is_switched_by_a_form_and_kept():
    client = Client()

    response = client.post("/language/", {"language": "en", "next": "/sign-in/"})

    assert response.headers["Location"] == "/sign-in/"
    assert '<html lang="en">' in client.get("/sign-in/").content.decode()


def test_english_pages_hold_no_chinese_outside_names_citations_and_received_data(sign_in, ids):
    client = sign_in("officer")
    client.cookies["django_language"] = "en"
    for address in (
        "/enterprises/",
        "/enterprises/?policy=hnte",
        f"/enterprises/{ids['hengzhou']}/",
        "/none/",
    ):
        page = client.get(address).content.decode()
        own = re.sub(r'<span class="cite">.*?</span>', "", page, flags=re.DOTALL)
        for text in ("育苗", "中文", "名单.csv", "名单", "officer 甲", "区级经办 甲", "武进区", "天宁区"):
            own = own.replace(text, "")
        for row in FIRMS.values():
            for name in (row[0], *row[3]):
                own = own.replace(name, "").replace(name[:1] + "</span>", "</span>")
        own = own.replace("有限公司", "").replace(">区<", "><")
        assert HANZI.findall(own) == [], (
            address,
            [own[max(0, m.start() - 60) : m.end() + 20] for m in HANZI.finditer(own)][:3],
        )


def test_health_says_what_is_served_without_signing_in():
    found = Client().get("/health/").json()

    assert found["status"] == "ok"
    assert found["register"]["subjects"] == len(FIRMS)


def test_home_of_an_expert_names_what_an_expert_may_see_and_no_enterprise(sign_in):
    page = page_of(sign_in("expert"), "/").partition("<main")[2]

    assert re.findall(r'<a class="btn btn-line" href="([^"]+)">([^<]+)</a>', page) == [("/policies/", "政策")]
    assert "您可以看这些" in page
    assert not any(row[0] in page for row in FIRMS.values())
