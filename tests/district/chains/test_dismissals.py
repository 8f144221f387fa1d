"""A suggestion that an officer does not follow is dismissed with a reason, and not made again while that holds."""

import datetime as dt
import re

import pytest
from tests.district.chains.making import (
    CODE,
    NAME,
    chain_of,
    file_rows,
    link_of,
    listed,
    page,
    placed,
    queries_of,
)
from tests.district.districts import NOW, PEOPLE

from yumiao.district.chains.dismissing import NewDismissal, dismiss_suggestions, end_dismissals
from yumiao.district.chains.models import Dismissal, Placement
from yumiao.district.journal.models import JournalLine
from yumiao.district.registry.models import SubjectAlias
from yumiao.model.problems import YumiaoError

WHY = "只做销售，不生产减速器"


@pytest.fixture
def suggested(robots):
    return f"/chains/{robots['chain']}/suggested/"


@pytest.fixture
def dismissed(robots):
    return f"/chains/{robots['chain']}/dismissed/"


@pytest.fixture
def dismissal(robots, ids, officer):
    """Qingmu, whose code fits the link of parts, is dismissed from it."""
    rows = [NewDismissal(ids["qingmu"], robots["parts"], "3091")]
    assert dismiss_suggestions(rows, why=WHY, by=officer, now=NOW) == 1
    return Dismissal.objects.get()


def send(client, address, *picks, act="dismiss", **typed):
    return client.post(address, {"pick": list(picks), "act": act, **typed})


def test_officer_dismisses_a_suggestion_and_it_is_not_made_again(robots, ids, sign_in, suggested, dismissed):
    client = sign_in("officer")
    assert listed(client, suggested) == [NAME["qingmu"]]

    answer = send(client, suggested, f"{robots['parts']}:{ids['qingmu']}", why=WHY)

    assert answer.headers["Location"] == dismissed
    assert listed(client, suggested) == []
    row = Dismissal.objects.get()
    assert (row.subject, row.code, row.why, row.ended_on) == (ids["qingmu"], "3091", WHY, None)
    assert row.dismissed_by.login == "officer"
    body = page(client, dismissed)
    assert all(words in body for words in (NAME["qingmu"], CODE["qingmu"], WHY, "3091", "减速器", "有效"))
    assert Placement.objects.filter(link=robots["parts"], subject=ids["qingmu"]).count() == 0


def test_every_figure_leaves_the_dismissed_out(robots, dismissal, sign_in, suggested):
    client = sign_in("officer")

    row = page(client, "/chains/").partition("<tbody>")[2]
    assert re.findall(rf'<a href="{suggested}">(\d+)</a>', row) == []
    assert "建议未知" not in row
    assert "没有按代码建议的企业" in page(client, f"/chains/{robots['chain']}/")
    assert page(client, suggested).count('name="pick"') == 0


def test_page_of_the_enterprise_does_not_suggest_the_link_but_lets_it_be_placed(
    robots, ids, dismissal, sign_in
):
    client, address = sign_in("officer"), f"/enterprises/{ids['qingmu']}/chains/"

    assert "按行业代码建议" not in page(client, address)
    assert client.post(address, {"link": robots["parts"], "source": "走访"}).status_code == 302
    assert Placement.objects.filter(link=robots["parts"], subject=ids["qingmu"]).count() == 1


@pytest.mark.parametrize("why", ["", "   ", "长" * 201])
def test_dismissal_needs_a_reason_and_keeps_what_was_ticked(why, robots, ids, sign_in, suggested):
    pick = f"{robots['parts']}:{ids['qingmu']}"
    answer = send(sign_in("officer"), suggested, pick, why=why)

    assert answer.status_code == 400
    assert "请写明原因（1–200 字）。" in answer.content.decode()
    assert re.search(f'value="{pick}"[^>]*checked', answer.content.decode())
    assert not Dismissal.objects.exists()


def test_nobody_ticked_is_told_and_dismisses_nobody(sign_in, suggested):
    answer = send(sign_in("officer"), suggested, why=WHY)

    assert answer.status_code == 400
    assert "请至少选一家企业。" in answer.content.decode()


def test_dismissing_twice_keeps_the_first(robots, ids, dismissal, officer):
    rows = [NewDismissal(ids["qingmu"], robots["parts"], "3091")]

    assert dismiss_suggestions(rows, why="另一个理由", by=officer, now=NOW) == 0
    assert list(Dismissal.objects.values_list("why", flat=True)) == [WHY]


def test_dismissal_taken_back_lets_the_code_suggest_again(dismissal, sign_in, suggested, dismissed):
    client = sign_in("officer")
    send(client, dismissed, dismissal.id, act="withdraw")
    assert listed(client, suggested) == [NAME["qingmu"]]
    assert "已撤回" in page(client, dismissed)

    send(client, dismissed, dismissal.id, act="restore")
    assert listed(client, suggested) == []


def test_dismissal_ends_on_a_day_for_a_reason_and_can_go_on(dismissal, sign_in, suggested, dismissed):
    client = sign_in("officer")
    send(client, dismissed, dismissal.id, act="end", on="2026-07-20", why="新建产线")

    dismissal.refresh_from_db()
    assert (dismissal.ended_on, dismissal.ended_why) == (dt.date(2026, 7, 20), "新建产线")
    assert listed(client, suggested) == [NAME["qingmu"]]
    assert "新建产线" in page(client, dismissed)

    send(client, dismissed, dismissal.id, act="restore")
    dismissal.refresh_from_db()
    assert (dismissal.ended_on, dismissal.ended_why) == (None, "")
    assert listed(client, suggested) == []


@pytest.mark.parametrize(
    ("on", "why", "told"),
    [
        ("2026-07-14", "新建产线", "止日不能晚于今天，也不能早于起日。"),
        ("2999-01-01", "新建产线", "止日不能晚于今天，也不能早于起日。"),
        ("昨天", "新建产线", "止日不能晚于今天，也不能早于起日。"),
        ("2026-07-20", "", "请写明原因（1–200 字）。"),
    ],
)
def test_end_that_cannot_be_is_refused_and_keeps_what_was_typed(on, why, told, dismissal, sign_in, dismissed):
    answer = send(sign_in("officer"), dismissed, dismissal.id, act="end", on=on, why=why)

    assert answer.status_code == 400
    body = answer.content.decode()
    assert told in body
    assert f'value="{why}" maxlength="200"' in body
    assert re.search(f'value="{dismissal.id}"[^>]*checked', body)
    dismissal.refresh_from_db()
    assert dismissal.ended_on is None


def test_dismissal_that_another_one_replaced_is_not_brought_back(
    robots, ids, dismissal, officer, sign_in, dismissed
):
    client = sign_in("officer")
    send(client, dismissed, dismissal.id, act="withdraw")
    dismiss_suggestions(
        [NewDismissal(ids["qingmu"], robots["parts"], "3091")], why="再一次", by=officer, now=NOW
    )

    answer = send(client, dismissed, dismissal.id, act="restore")

    assert answer.status_code == 400
    assert "已另有一条" in answer.content.decode()


def test_every_act_is_journalled_with_ids_alone(dismissal, robots, sign_in, dismissed):
    client = sign_in("officer")
    for act, typed in (
        ("end", {"on": "2026-07-20", "why": "新建产线"}),
        ("restore", {}),
        ("withdraw", {}),
        ("restore", {}),
    ):
        send(client, dismissed, dismissal.id, act=act, **typed)

    lines = list(
        JournalLine.objects.filter(stream=f"chain/{robots['chain']}", act__contains="dismiss").order_by(
            "sequence"
        )
    )
    assert [line.act for line in lines] == [
        "chain.dismissed",
        "chain.dismissal_ended",
        "chain.dismissal_resumed",
        "chain.dismissal_withdrawn",
        "chain.dismissal_brought_back",
    ]
    assert not re.search(f"[\u3400-\u9fff]|{CODE['qingmu']}", "".join(str(line.payload) for line in lines))


def test_list_is_filtered_and_exported_as_it_is_shown(robots, ids, dismissal, officer, sign_in, dismissed):
    rows = [NewDismissal(ids["jiahe"], robots["whole"], "39")]
    dismiss_suggestions(rows, why="=1+1", by=officer, now=NOW)
    end_dismissals([dismissal.id], on=dt.date(2026, 7, 15), why="转产", by=officer, now=NOW)
    client = sign_in("officer")

    assert listed(client, f"{dismissed}?state=holds") == [NAME["jiahe"]]
    assert listed(client, f"{dismissed}?link={robots['parts']}") == [NAME["qingmu"]]
    assert listed(client, f"{dismissed}?q=青木") == [NAME["qingmu"]]
    assert "清除" in page(client, f"{dismissed}?q=没有这家")
    (row,) = file_rows(client, f"{dismissed[:-1]}.csv?state=holds")
    assert (row["企业"], row["不归入的原因"], row["时间"]) == (NAME["jiahe"], "'=1+1", "2026-07-15 17:00")


def test_list_without_rows_says_what_it_is_for(robots, sign_in, dismissed, suggested):
    body = page(sign_in("officer"), dismissed)

    assert "没有不归入的建议" in body
    assert f'href="{suggested}"' in body


def test_list_costs_the_same_queries_for_one_row_and_for_three(
    robots, ids, dismissal, officer, sign_in, dismissed
):
    client = sign_in("officer")
    one = queries_of(client, dismissed)
    rows = [NewDismissal(ids[firm], robots["use"], "") for firm in ("hengzhou", "jiahe")]
    dismiss_suggestions(rows, why=WHY, by=officer, now=NOW)

    assert queries_of(client, dismissed) == one
    assert page(client, dismissed).count('name="pick"') == 3


@pytest.mark.parametrize("login", PEOPLE)
def test_dismissing_answers_as_the_matrix_says(login, robots, ids, dismissal, sign_in, suggested, dismissed):
    """Hengzhou is of the town, qingmu of the district, tianning of another one."""
    client, sees, whole = sign_in(login), login in {"officer", "town"}, login == "officer"
    assert client.get(dismissed).status_code == (200 if sees else 403)
    for firm, allowed in (("hengzhou", sees), ("qingmu", whole), ("tianning", False)):
        answer = send(client, suggested, f"{robots['use']}:{ids[firm]}", why=WHY)
        assert answer.status_code == (302 if allowed else 403), firm
    for act in ("withdraw", "restore"):
        assert send(client, dismissed, dismissal.id, act=act).status_code == (302 if whole else 403)
    assert (NAME["qingmu"] in client.get(dismissed).content.decode()) == whole


def test_dismissal_of_another_chain_is_not_reached_through_this_one(robots, dismissal, officer, sign_in):
    client = sign_in("officer")
    other = chain_of(officer, "氢能")

    assert send(client, f"/chains/{other}/dismissed/", dismissal.id, act="withdraw").status_code == 400
    assert send(client, f"/chains/{robots['chain']}/dismissed/", dismissal.id, act="x").status_code == 404
    dismissal.refresh_from_db()
    assert dismissal.withdrawn_at is None


def test_dismissal_of_a_merged_id_holds_for_the_firm_that_it_is_read_as(
    robots, ids, officer, sign_in, suggested
):
    rows = [NewDismissal("gone", robots["parts"], "3091")]
    dismiss_suggestions(rows, why=WHY, by=officer, now=NOW)
    assert listed(sign_in("officer"), suggested) == [NAME["qingmu"]]
    SubjectAlias.objects.create(id="gone", subject_id=ids["qingmu"])
    placed(officer, robots["use"], ids["nowhere"])  # another edition of the chains, so that all is read again

    assert listed(sign_in("officer"), suggested) == []


def test_reason_too_few_or_too_many_are_refused_by_the_domain_itself(robots, officer, ids):
    with pytest.raises(YumiaoError, match="至少选一家"):
        dismiss_suggestions([], why=WHY, by=officer, now=NOW)
    rows = [NewDismissal(ids["qingmu"], robots["parts"], "3091")]
    with pytest.raises(YumiaoError) as refused:
        dismiss_suggestions(rows, why=" ", by=officer, now=NOW)
    assert [each.path for each in refused.value.problems] == ["why"]


def test_link_added_later_with_fitting_codes_suggests_whom_another_link_dismissed(
    robots, dismissal, officer, sign_in, suggested
):
    link_of(officer, robots["chain"], "轴承", codes="309")

    assert listed(sign_in("officer"), suggested) == [NAME["qingmu"]]
