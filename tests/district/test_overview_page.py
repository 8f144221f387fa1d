"""The overview as a page: who begins there, who is refused, what it says where nothing is known."""

import re

import pytest

from yumiao.district.indicators.conditions import STATES
from yumiao.district.indicators.models import LadderBuilt, TitleStock
from yumiao.district.registry.remembering import forget

LISTED = re.compile(r'<span class="meta">([\d,]+) 家')


def page_of(client, address="/overview/"):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_overview_is_where_officers_begin(sign_in):
    assert sign_in("officer").get("/").headers["Location"] == "/overview/"
    assert sign_in("town").get("/").headers["Location"] == "/overview/"


@pytest.mark.parametrize("login", ["enterprise", "expert", "system", "security", "audit"])
def test_overview_is_refused_with_a_reason_to_whoever_lists_no_enterprises(login, sign_in):
    refused = sign_in(login).get("/overview/")

    assert refused.status_code == 403
    assert "查看企业名单" in refused.content.decode()


def test_overview_without_titles_targets_or_register_says_so(sign_in):
    page = page_of(sign_in("officer"))
    assert "未定计划" in page
    assert "现在没有差一步的企业" in page

    TitleStock.objects.all().delete()
    forget()
    assert "还没有资质名单" in page_of(sign_in("officer"))
    LadderBuilt.objects.all().delete()
    assert "yumiao district rebuild" in page_of(sign_in("officer"))


@pytest.mark.parametrize("query", ["state=x", "rung=x", "rung=12", "title=none&state=", "from=-1"])
def test_query_about_titles_that_means_nothing_is_passed_over(query, sign_in):
    assert LISTED.search(page_of(sign_in("officer"), f"/enterprises/?{query}")).group(1) == "4"


@pytest.mark.parametrize("state", STATES)
def test_form_keeps_what_a_figure_asked(state, sign_in):
    page = page_of(sign_in("officer"), f"/enterprises/?title=hnte&state={state}&rung=2&from=1")

    assert f'<option value="{state}" selected>' in page
    assert '<option value="hnte" selected>' in page
    assert page.count('<option value="2" selected>') == 1
