"""Who may do what: the matrix, written by hand, asked of the module and over HTTP."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.district.districts import FIRMS, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.roles import Role
from yumiao.district.accounts.selectors import Actor, actor_of, cut_zeros
from yumiao.district.permissions import Operation, can, visible_to
from yumiao.district.registry.models import Subject

# Firms: hengzhou lies in town 320412100, qingmu in town 320412101, jiahe somewhere in the county 320412,
# tianning in another county, and of nowhere nobody said. The enterprise's person speaks for hengzhou.
SEES = {
    "officer": {"hengzhou", "qingmu", "jiahe", "nowhere"},
    "town": {"hengzhou"},
    "enterprise": {"hengzhou"},
    "expert": set(),
    "system": set(),
    "security": set(),
    "audit": set(),
}
LISTS = {"officer", "town"}
IMPORTS = {"officer"}
CREATES = {"system"}
OFFICE = {"officer"}
DELIVERS = {"officer", "system"}
DISABLES = {"security"}
ADMINISTERS = {"system", "security"}


def actor(login):
    return actor_of(Person.objects.get(login=login))


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("firm", FIRMS)
def test_seeing_a_subject_is_allowed_as_the_matrix_says(login, firm, ids):
    decision = can(actor(login), Operation.SEE_SUBJECT, Subject.objects.get(id=ids[firm]))

    assert decision.allowed == (firm in SEES[login])
    assert decision.allowed or (decision.reason.zh and decision.reason.en)


@pytest.mark.parametrize("login", PEOPLE)
def test_visible_subjects_are_exactly_those_that_may_be_seen(login, ids):
    visible = set(Subject.objects.filter(visible_to(actor(login))).values_list("id", flat=True))

    assert visible == {ids[firm] for firm in SEES[login]}


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize(
    ("operation", "allowed"),
    [
        (Operation.IMPORT_FILES, IMPORTS),
        (Operation.CHANGE_BATCHES, IMPORTS),
        (Operation.DECIDE_IDENTITY, IMPORTS),
        (Operation.SETTLE_FACTS, IMPORTS),
        (Operation.LIST_SUBJECTS, LISTS),
        (Operation.EXPORT_SUBJECTS, LISTS),
        (Operation.KEEP_RECORDS, LISTS),
        (Operation.REVEAL_CONTACT, LISTS),
        (Operation.SEND_REMINDER, LISTS),
        (Operation.CREATE_PERSON, CREATES),
        (Operation.DISABLE_PERSON, DISABLES),
        (Operation.LIST_PEOPLE, ADMINISTERS),
        (Operation.CHANGE_PERSON, {"system"}),
        (Operation.RESET_PERSON, {"security"}),
        (Operation.LIST_TOKENS, ADMINISTERS),
        (Operation.CREATE_TOKEN, {"system"}),
        (Operation.REVOKE_TOKEN, ADMINISTERS),
        (Operation.SET_REFERENCE, {"system"}),
        (Operation.SET_RETENTION, {"security"}),
        (Operation.SEE_SOURCES, OFFICE),
        (Operation.SEE_INDICATORS, LISTS),
        (Operation.SET_INDICATORS, OFFICE),
        (Operation.MAKE_BRIEF, OFFICE),
        (Operation.SEE_CALL_LIST, LISTS),
        (Operation.SEE_DELIVERIES, DELIVERS),
        (Operation.RETRY_DELIVERIES, DELIVERS),
        (Operation.LIST_CODES, LISTS),
        (Operation.ISSUE_CODE, LISTS),
        (Operation.EDIT_LETTER, {"officer"}),
        (Operation.LIST_PROPOSALS, LISTS),
        (Operation.DECIDE_PROPOSAL, {"officer"}),
        (Operation.LIST_CAMPAIGNS, LISTS),
        (Operation.RUN_CAMPAIGN, {"officer"}),
        (Operation.SEE_CHAINS, LISTS),
        (Operation.PLACE_SUBJECT, LISTS),
        (Operation.DISMISS_SUGGESTION, LISTS),
        (Operation.KEEP_CHAINS, {"officer"}),
        (Operation.SEE_OWN_FIRM, {"enterprise"}),
        (Operation.MANAGE_FIRM, {"enterprise"}),
        (Operation.PROPOSE_FACT, {"enterprise"}),
    ],
)
def test_operation_is_allowed_as_the_matrix_says(login, operation, allowed):
    decision = can(actor(login), operation)

    assert decision.allowed == (login in allowed)
    assert decision.allowed or (decision.reason.zh and decision.reason.en)


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("firm", FIRMS)
def test_profile_page_answers_as_the_matrix_says(login, firm, ids, sign_in):
    response = sign_in(login).get(reverse("enterprise", args=[ids[firm]]))

    assert response.status_code == (200 if firm in SEES[login] else 403)
    assert (FIRMS[firm][1] in response.content.decode()) == (firm in SEES[login])


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("address", ["/enterprises/", "/enterprises/export.csv", "/enterprises/export.xlsx"])
def test_lists_and_exports_answer_as_the_matrix_says(login, address, sign_in):
    response = sign_in(login).get(address)

    assert response.status_code == (200 if login in LISTS else 403)


@pytest.mark.parametrize("login", sorted(LISTS))
def test_list_and_csv_hold_exactly_the_visible_subjects(login, sign_in):
    client = sign_in(login)
    page = client.get("/enterprises/").content.decode()
    file = b"".join(client.get("/enterprises/export.csv").streaming_content).decode("utf-8-sig")

    for firm, row in FIRMS.items():
        assert (row[1] in page) == (firm in SEES[login]), firm
        assert (row[1] in file) == (firm in SEES[login]), firm


@pytest.mark.parametrize("query", ["?q=天宁", "?q=tianning", "?q=91320402", "?territory=320402"])
def test_search_and_filters_never_reach_a_foreign_division(query, sign_in):
    page = sign_in("officer").get("/enterprises/" + query)

    assert page.status_code == 200
    assert FIRMS["tianning"][1] not in page.content.decode()


@pytest.mark.parametrize("name", ["home", "enterprises"])
def test_page_without_signing_in_leads_to_the_sign_in_page(name):
    address = reverse(name)

    assert Client().get(address).headers["Location"] == f"/sign-in/?next={address}"


def test_ended_membership_sees_nothing_more(ids):
    person = Person.objects.get(login="enterprise")
    person.memberships.update(until=person.created_at)

    assert actor_of(person).subjects == frozenset()


@pytest.mark.parametrize(
    ("code", "cut"),
    [("320412", "320412"), ("320400", "3204"), ("320000", "32"), ("320412100000", "320412100"), ("", "")],
)
def test_zeros_that_stand_for_all_of_it_are_cut(code, cut):
    assert cut_zeros(code) == cut


def test_officer_of_a_city_sees_its_counties(ids):
    city = Actor("p1", Role.OFFICER, "市级", ("3204",))

    assert can(city, Operation.SEE_SUBJECT, Subject.objects.get(id=ids["tianning"])).allowed
