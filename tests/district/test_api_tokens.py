"""Tokens: shown once, kept as a hash, good for their scopes and until their day; and from the command line."""

import datetime as dt

import pytest
from tests.district.districts import NOW
from typer.testing import CliRunner

from yumiao.cli.app import app
from yumiao.district.accounts.models import Person
from yumiao.district.accounts.services import disable_person
from yumiao.district.tokens.minting import digest_of, mint_token, read_token
from yumiao.district.tokens.models import Token
from yumiao.district.tokens.scopes import Scope
from yumiao.district.tokens.selectors import ENDED, THROTTLED, UNKNOWN, list_tokens, try_token
from yumiao.district.tokens.services import create_token, revoke_token
from yumiao.model.problems import YumiaoError


def create(**changes):
    wanted = {"login": "officer", "label": "周报", "scopes": [Scope.JUDGE], "days": 30, "now": NOW}
    return create_token(**(wanted | changes))


def reason_of(written, now=NOW):
    return try_token(written=written, now=now).reason


def test_token_acts_as_its_person_within_its_scopes():
    caller = try_token(written=create().written, now=NOW).caller

    assert caller.actor.label == "区级经办 甲"
    assert caller.may(Scope.JUDGE).allowed
    assert not caller.may(Scope.READ_FACTS).allowed
    assert "read:facts" in caller.may(Scope.READ_FACTS).reason.en


def test_secret_is_kept_as_a_hash_only():
    created = create()
    row = Token.objects.values().get(id=created.id)
    secret = read_token(created.written).secret

    assert row["digest"] == digest_of(secret)
    assert secret not in str(row)


@pytest.mark.parametrize(
    "written", ["", "yum", "yum__", "yum_t_é", "x_a_b", "yum_taaaaaaaaaaa_bbbb", "a" * 9999]
)
def test_what_is_no_token_is_refused(written):
    assert reason_of(written) == UNKNOWN


def test_right_id_with_a_wrong_secret_is_told_nothing_about_the_token():
    created = create()
    revoke_token(token_id=created.id, now=NOW)
    forged = f"yum_{created.id}_{mint_token().secret}"

    assert reason_of(forged) == UNKNOWN
    assert reason_of(created.written) == ENDED


def test_token_ends_on_its_day_and_with_its_account():
    created = create(days=2)

    assert reason_of(created.written, NOW + dt.timedelta(days=2)) == ENDED
    assert try_token(written=created.written, now=NOW + dt.timedelta(days=1)).caller is not None
    disable_person(person_id=Person.objects.get(login="officer").id, now=NOW)
    assert reason_of(created.written) == ENDED


def test_uses_beyond_the_limit_are_refused_until_the_next_minute():
    written = create().written
    tried = [try_token(written=written, now=NOW + dt.timedelta(seconds=40), most=3) for _ in range(5)]

    assert [each.caller is not None for each in tried] == [True, True, True, False, False]
    assert (tried[-1].reason, tried[-1].retry_after) == (THROTTLED, 20)
    assert try_token(written=written, now=NOW + dt.timedelta(seconds=60), most=3).caller is not None


def test_every_mistake_is_named_at_once():
    with pytest.raises(YumiaoError) as caught:
        create(login="nobody", label=" ", scopes=[], days=400)

    assert [each.code for each in caught.value.problems] == [
        "token.person", "token.label", "token.scopes", "token.days",
    ]  # fmt: skip
    assert not Token.objects.exists()


def test_revoking_twice_keeps_the_first_moment_and_an_unknown_token_is_told():
    created = create()
    revoke_token(token_id=created.id, now=NOW)

    assert revoke_token(token_id=created.id, now=NOW + dt.timedelta(days=1)).revoked_at == NOW
    with pytest.raises(YumiaoError, match="没有令牌"):
        revoke_token(token_id="t0", now=NOW)


def test_list_tells_whose_tokens_there_are_without_secrets():
    created = create()
    try_token(written=created.written, now=NOW)
    listed = list_tokens()

    assert [(each.id, each.login, each.scopes, each.used_at) for each in listed] == [
        (created.id, "officer", ("judge",), NOW)
    ]


def run(*arguments):
    return CliRunner().invoke(app, ["district", *arguments, "--lang", "en"])


def test_commands_create_list_and_revoke_a_token():
    made = run("create-token", "officer", "--label", "weekly report", "--scope", "judge", "--days", "9")
    assert made.exit_code == 0, made.output
    written = made.stdout.splitlines()[-1]
    now = dt.datetime.now(dt.UTC)
    assert try_token(written=written, now=now).caller.scopes == {Scope.JUDGE}

    listed = run("list-tokens")
    assert "weekly report" in listed.stdout
    assert read_token(written).secret not in listed.stdout

    revoked = run("revoke-token", read_token(written).id)
    assert revoked.exit_code == 0, revoked.output
    assert try_token(written=written, now=now).reason == ENDED


def test_command_refuses_a_scope_that_does_not_exist():
    refused = run("create-token", "officer", "--label", "x", "--scope", "all")

    assert refused.exit_code == 2
    assert not Token.objects.exists()
