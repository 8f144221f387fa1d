"""A district for all tests: built once, its tables rolled back after each test."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from tests.district.districts import AS_OF, NOW, SmallDistrict, create_people

from yumiao.district.accounts.models import Person
from yumiao.district.counts.keeping import STANDING
from yumiao.district.registry.packs import library
from yumiao.district.registry.remembering import forget
from yumiao.district.registry.services import rebuild


@pytest.fixture(scope="session")
def district_store(tmp_path_factory):
    return SmallDistrict(tmp_path_factory.mktemp("district")).fill()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, district_store):
    with django_db_blocker.unblock():
        data = Path(settings.YUMIAO_DATA)
        rebuild(district_store.store, library(), as_of=AS_OF, data=data, now=NOW)
        create_people(district_store.ids)


@pytest.fixture(autouse=True)
def _places(settings, district_store, db):
    settings.YUMIAO_STORE = district_store.store.path


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """Tests change rows of the register without building it anew."""
    forget()
    STANDING.forget()


@pytest.fixture
def ids(district_store):
    return district_store.ids


@pytest.fixture
def sign_in():
    """A client of a person, by login."""

    def signed_in(login):
        client = Client()
        client.force_login(Person.objects.get(login=login))
        return client

    return signed_in
