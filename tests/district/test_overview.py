"""The overview: every figure is the length of the list it leads to, and follows from the lists of titles."""

import html
import random
import re
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.district.districts import AS_OF, NOW
from tests.district.seeded import SeededDistrict

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.indicators.models import RungState, TitleMovement, TitleState, TitleStock
from yumiao.district.indicators.services import import_targets
from yumiao.district.indicators.targets_file import ActualRow, TargetRow, TargetsFile
from yumiao.district.overview.selectors import is_yearly, read_overview
from yumiao.district.registry.models import OutcomeCurrent
from yumiao.district.registry.packs import library
from yumiao.district.registry.services import rebuild
from yumiao.ladder.known import registered_places
from yumiao.ladder.reading import Question, read_ladder
from yumiao.ladder.stored import title_rows

FIGURE = re.compile(r'<a class="(?:root-)?count" href="(/enterprises/[^"]*)">(?:<text[^>]*>)?([^<]*)<')
LISTED = re.compile(r'<span class="meta">([\d,]+) 家')
HANZI = re.compile(r"[\u3400-\u9fff]")
DAY = AS_OF.replace(month=1, day=20)


def target(indicator, value, **changes):
    plan = {3: Decimal(1), 6: Decimal(2), 12: Decimal(value)}
    row = {
        "territory": "320412",
        "year": 2026,
        "sense": "at_least",
        "document": "年度计划",
        "set_on": DAY,
        "plan": plan,
    }
    return TargetRow(indicator=indicator, value=Decimal(value), **(row | changes))


def actual(value, source, month=6):
    return ActualRow("PRJ_TI", "320412", 2026, month, Decimal(value), source, AS_OF)


TARGETS = TargetsFile(
    (target("HT_VALID", "24"), target("HT_NET", "9"), target("PRJ_TI", "200")),
    (actual("80", "月报"), actual("78", "电视"), actual("60", "月报", month=5)),
    (),
)


@pytest.fixture(scope="module", params=[11, 12, 13])
def seeded(request, tmp_path_factory, django_db_setup, django_db_blocker):
    """A district of a seed, in which some verdicts are said to be near misses or contested; gone after the module."""
    folder = tmp_path_factory.mktemp("seeded")
    district = SeededDistrict(folder, request.param).fill()
    with django_db_blocker.unblock(), transaction.atomic():
        import_targets(TARGETS, now=NOW)
        rebuild(district.store, library(), as_of=AS_OF, data=folder / "data", now=NOW)
        chance = random.Random(request.param)
        rows = list(OutcomeCurrent.objects.order_by("pk"))
        for row in chance.sample(rows, 80):
            row.near_miss, row.distance, row.gap_zh, row.gap_en = (
                True,
                chance.random(),
                "差 3 人",
                "3 people short",
            )
            row.contested = chance.random() < 0.3
        OutcomeCurrent.objects.bulk_update(rows, ["near_miss", "distance", "gap_zh", "gap_en", "contested"])
        yield district
        transaction.set_rollback(True)


def page_of(client, address="/overview/"):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def figures_in(page):
    """Address and number of every figure that leads to a list."""
    return [
        (html.unescape(address), int(re.sub(r"\D", "", shown))) for address, shown in FIGURE.findall(page)
    ]


@pytest.mark.parametrize("login", ["officer", "town"])
def test_every_figure_is_the_length_of_the_list_it_leads_to(login, seeded, sign_in):
    client = sign_in(login)
    found = dict(figures_in(page_of(client)))

    lengths = {
        address: int(LISTED.search(page_of(client, address)).group(1).replace(",", "")) for address in found
    }

    assert lengths == found
    assert len([count for count in found.values() if count]) > 20
    assert {"rung", "from", "state", "near_miss", "contested"} <= set(re.findall(r"(\w+)=", " ".join(found)))


@pytest.mark.parametrize("login", ["officer", "town"])
def test_equation_of_each_rung_and_of_the_ladder_holds_and_its_lists_agree(login, seeded, sign_in):
    client = sign_in(login)
    found = read_overview(actor_of(Person.objects.get(login=login)), library(), NOW)
    lines = (*found.balances, found.whole)
    page = dict(figures_in(page_of(client)))

    assert [line.rung for line in lines] == [1, 2, 3, 0]
    for line in lines:
        counts = [part.count for part in (line.start, line.entered, line.left, line.now)]
        assert counts[0] + counts[1] - counts[2] == counts[3]
        assert line.net == counts[3] - counts[0]
        for part in (line.start, line.entered, line.left, line.now):
            address = f"/enterprises/?{part.query}"
            listed = int(LISTED.search(page_of(client, address)).group(1).replace(",", ""))
            assert (part.query, listed, page[address]) == (part.query, part.count, part.count)
    assert found.whole.now.count == sum(line.now.count for line in found.balances)
    assert found.whole.start.count == sum(line.start.count for line in found.balances)
    if login == "officer":
        assert min(line.start.count + line.entered.count for line in lines) > 0


def test_equation_of_a_rung_that_lists_cannot_tell_has_the_present_alone(seeded):
    TitleStock.objects.filter(title="hnte").update(first_day=AS_OF)
    found = read_overview(actor_of(Person.objects.get(login="officer")), library(), NOW)
    second = next(line for line in found.balances if line.rung == 2)

    assert (second.start, second.entered, second.left, second.net) == (None, None, None, None)
    assert (found.whole.start, found.whole.net) == (None, None)
    assert second.now.count > 0


def test_ending_titles_have_a_row_each_and_only_those_of_several_years_a_lamp(seeded, sign_in):
    page = page_of(sign_in("officer"))
    card = page[page.index('id="h-alert"') :].partition("</section>")[0]
    rows = [row for row in card.split("<li>") if "state=ending" in row]
    lamps = {re.search(r"title=(\w+)", row).group(1): "lamp warn" in row for row in rows}

    assert len(rows) == len(lamps) > 2
    assert lamps == {title: title != "tech_sme" for title in lamps}
    assert "tech_sme" in lamps


@pytest.mark.parametrize(
    ("term", "expected"),
    [(None, False), ((1, "year"), True), ((3, "year"), False), ((365, "day"), True), ((400, "day"), False)],
)
def test_title_is_yearly_where_its_term_is_a_year_at_most(term, expected):
    assert is_yearly(term) is expected


@pytest.mark.parametrize("login", ["officer", "town"])
def test_every_todo_is_the_length_of_the_list_it_leads_to(login, seeded, sign_in):
    client = sign_in(login)
    page = page_of(client)
    todos = re.findall(r'<b>([\d,]+)</b>[^<]*</span><div><a class="todo-link" href="([^"]+)">', page)

    assert todos or login == "town"
    for shown, address in todos:
        if address.startswith("/enterprises/"):
            listed = page_of(client, html.unescape(address))
            assert LISTED.search(listed).group(1) == shown


def places_of(state):
    return registered_places(state, state.identifiers()["subject"].unique().sort())


def test_stocks_and_identities_are_those_of_the_ladder(seeded):
    state = seeded.store.state()
    for scope in ("", "320412"):
        question = Question(AS_OF, territory=scope or None)
        ladder = read_ladder(library(), title_rows(state), question, territories=places_of(state))
        expected = {
            line.title: (line.whole.start.low, line.whole.end.low, line.whole.end.high, line.whole.gap)
            for line in ladder.lines
        }
        stored = TitleStock.objects.filter(scope=scope)
        rows = stored.values_list("title", "start_low", "end_low", "end_high", "gap")

        assert {title: tuple(row) for title, *row in rows} == expected
        for title, (_, low, high, _) in expected.items():
            states = TitleState.objects.filter(scope=scope, title=title)
            assert (states.filter(held=True).count(), states.exclude(held=False).count()) == (low, high)


def test_highest_rungs_and_moves_make_the_stock(seeded):
    held = TitleState.objects.filter(scope="320412", held=True).values_list("subject_id", "title")
    tops = {}
    for subject, title in held:
        tops[subject] = max(tops.get(subject, 0), library().titles[title].rung)

    assert (
        dict(RungState.objects.filter(scope="320412", end_rung__gt=0).values_list("subject_id", "end_rung"))
        == tops
    )


def test_numbers_that_lists_cannot_tell_are_left_out(seeded, sign_in):
    officer = actor_of(Person.objects.get(login="officer"))
    TitleStock.objects.filter(title="hnte").update(first_day=AS_OF)

    found = read_overview(officer, library(), NOW)
    line = next(each for each in found.lines if each.title == "hnte")
    goals = {goal.indicator: goal for goal, _ in found.goals}

    assert (line.start, line.entries, line.exits, line.renewed) == (None, (), (), None)
    assert {move.before for move in found.moves}.isdisjoint({2})
    assert next(stage for stage in found.stages if stage.rung == 2).change is None
    assert goals["HT_NET"].actual is None
    assert goals["HT_VALID"].actual is not None


def test_title_without_a_list_has_no_figure_rather_than_nought(seeded):
    found = read_overview(actor_of(Person.objects.get(login="officer")), library(), NOW)

    assert [stage.now is None for stage in found.stages] == [False, False, False, True, True]
    assert next(each for each in found.lines if each.title == "unicorn_js").now is None


def test_targets_show_plan_to_date_and_every_source_beside_the_others(seeded, sign_in):
    goals = {
        goal.indicator: goal
        for goal, _ in read_overview(actor_of(Person.objects.get(login="officer")), library(), NOW).goals
    }

    assert goals["PRJ_TI"].plan == Decimal(2)
    assert goals["PRJ_TI"].actual == (Decimal(78), Decimal(80))
    assert [(told.value, told.source.zh) for told in goals["PRJ_TI"].told] == [(80, "月报"), (78, "电视")]
    page = page_of(sign_in("officer"))
    assert "78–80" in page
    assert re.search(r'<td class="num" data-l="年末预测"></td>', page)


def test_target_of_a_division_is_not_shown_to_its_towns(seeded, sign_in):
    assert "未定计划" in page_of(sign_in("town"))


def test_overview_costs_the_same_queries_for_one_title_and_for_many(seeded, sign_in):
    client = sign_in("officer")
    client.get("/overview/")
    with CaptureQueriesContext(connection) as many:
        client.get("/overview/")
    for table in (TitleState, TitleMovement, RungState):
        kept = table.objects.filter(scope="320412").order_by("pk").values_list("pk", flat=True)[:1]
        table.objects.exclude(pk__in=list(kept)).delete()
    first = OutcomeCurrent.objects.filter(near_miss=True).order_by("pk").values_list("pk", flat=True)[:1]
    OutcomeCurrent.objects.exclude(pk__in=list(first)).update(near_miss=False)
    with CaptureQueriesContext(connection) as few:
        client.get("/overview/")

    assert len(few) == len(many) <= 40


def test_english_overview_has_chinese_in_names_and_received_words_alone(seeded, sign_in):
    client = sign_in("officer")
    client.post("/language/", {"language": "en", "next": "/overview/"})
    page = re.sub(r"<script.*?</script>|<svg class=\"seed.*?</svg>", "", page_of(client), flags=re.DOTALL)
    received = ("年度计划", "月报", "电视", "中文", "官员 甲", "育苗", "区科技局", "区级经办 甲", "武进区")
    for word in received:
        page = page.replace(word, "")
    main = page.partition("<main")[2]
    main = re.sub(
        r'<th scope="row"><a id="near-\d+" href="/enterprises/[^<]*</a></th><td class="ink2 nw"[^<]*</td>',
        "",
        main,
    )

    assert HANZI.findall(main) == []
