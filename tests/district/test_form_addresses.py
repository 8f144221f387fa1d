"""An address that takes forms alone leads a reader to the page above it: after a refusal it stands in the browser."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "above"),
    [
        ("/imports/0123456789abcdef0123456789abcdef/check/", "/imports/0123456789abcdef0123456789abcdef/"),
        ("/language/", "/"),
        ("/sign-out/", "/"),
    ],
)
def test_reader_of_a_form_s_address_is_led_to_the_page_above(address, above):
    answer = Client().get(address)

    assert (answer.status_code, answer.headers["Location"]) == (302, above)
    assert Client().head(address).headers["Location"] == above


def test_other_ways_of_asking_are_still_refused():
    assert Client().put("/sign-out/").status_code == 405
    assert Client().get("/api/v1/judge").status_code == 405
    assert Client().get("/imports/0123456789abcdef0123456789abcdef/nothing/").status_code == 404


def test_language_changed_on_a_refused_form_shows_the_page_that_it_belongs_to(client):
    refused = "/imports/0123456789abcdef0123456789abcdef/check/"

    answer = client.post("/language/", {"language": "en", "next": refused}, follow=True)

    assert answer.redirect_chain[:2] == [(refused, 302), ("/imports/0123456789abcdef0123456789abcdef/", 302)]
    assert answer.status_code == 200
