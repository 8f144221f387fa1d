"""The interface under random requests: the small district of the platform's tests."""

from tests.district.conftest import _places, district_store, django_db_setup, ids, sign_in  # noqa: F401 - fixtures
