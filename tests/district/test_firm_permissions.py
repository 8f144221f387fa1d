"""Who may give out codes, answer for a firm, manage its people and decide proposals: the matrix, over HTTP too."""

import pytest
from tests.district.districts import FIRMS, PEOPLE

from yumiao.district.accounts.models import Membership, Person
from yumiao.district.accounts.roles import Post
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.permissions import Operation, can
from yumiao.district.registry.models import Subject

# As in the matrix of subjects: who may do it to which firm. The enterprise's person is the manager of hengzhou.
OFFICERS = {"hengzhou", "qingmu", "jiahe", "nowhere"}
MATRIX = {
    Operation.ISSUE_CODE: {"officer": OFFICERS, "town": {"hengzhou"}},
    Operation.DECIDE_PROPOSAL: {"officer": OFFICERS},
    Operation.SEE_OWN_FIRM: {"enterprise": {"hengzhou"}},
    Operation.MANAGE_FIRM: {"enterprise": {"hengzhou"}},
    Operation.PROPOSE_FACT: {"enterprise": {"hengzhou"}},
}
# What each post allows for the own firm.
POSTS = {
    Post.MANAGER: {Operation.SEE_OWN_FIRM, Operation.PROPOSE_FACT, Operation.MANAGE_FIRM},
    Post.EDITOR: {Operation.SEE_OWN_FIRM, Operation.PROPOSE_FACT},
    Post.READER: {Operation.SEE_OWN_FIRM},
}
OWN_PAGES = ("", "questions/", "facts/", "proposals/", "people/", "data.json")
LISTS = ("/codes/", "/codes/export.csv", "/proposals/", "/proposals/export.xlsx")


def actor(login):
    return actor_of(Person.objects.get(login=login))


@pytest.mark.parametrize("operation", MATRIX)
@pytest.mark.parametrize("login", PEOPLE)
def test_operation_on_a_firm_is_allowed_as_the_matrix_says(operation, login, ids):
    for firm in FIRMS:
        decision = can(actor(login), operation, Subject.objects.get(id=ids[firm]))

        assert decision.allowed == (firm in MATRIX[operation].get(login, set())), firm
        assert decision.allowed or (decision.reason.zh and decision.reason.en)


@pytest.mark.parametrize("post", Post)
def test_post_allows_what_the_matrix_says(post, ids):
    Membership.objects.filter(subject=ids["hengzhou"]).update(post=post)
    firm = Subject.objects.get(id=ids["hengzhou"])

    allowed = {each for each in POSTS[Post.MANAGER] if can(actor("enterprise"), each, firm).allowed}
    assert allowed == POSTS[post]


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("page", OWN_PAGES)
def test_own_pages_open_for_the_firms_people_only(login, page, ids, sign_in):
    client = sign_in(login)
    own = client.get(f"/my/{ids['hengzhou']}/{page}")
    foreign = client.get(f"/my/{ids['qingmu']}/{page}")
    nobody = client.get(f"/my/s-none/{page}")

    assert own.status_code == (200 if login == "enterprise" else 403)
    assert (foreign.status_code, nobody.status_code) == (403, 403)
    assert FIRMS["qingmu"][0] not in foreign.content.decode()


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("address", LISTS)
def test_lists_of_codes_and_proposals_open_for_officers_and_towns(login, address, sign_in):
    assert sign_in(login).get(address).status_code == (200 if login in {"officer", "town"} else 403)


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("firm", FIRMS)
def test_code_is_given_out_over_http_as_the_matrix_says(login, firm, ids, sign_in):
    answer = sign_in(login).post(f"/codes/issue/{ids[firm]}/", {"days": "3"})

    allowed = firm in MATRIX[Operation.ISSUE_CODE].get(login, set())
    assert answer.status_code == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("post", "act", "status"),
    [
        (Post.READER, "facts/staff_total@2025/", 403),
        (Post.READER, "people/invite/", 403),
        (Post.EDITOR, "people/invite/", 403),
        (Post.EDITOR, "facts/staff_total@2025/", 302),
        (Post.MANAGER, "people/invite/", 200),
    ],
)
def test_what_a_post_may_do_over_http(post, act, status, ids, sign_in):
    Membership.objects.filter(subject=ids["hengzhou"]).update(post=post)
    form = {"value": "44", "note": "工资表", "post": "reader"}

    assert sign_in("enterprise").post(f"/my/{ids['hengzhou']}/{act}", form).status_code == status
