"""Notes, files and contacts of an enterprise: kept encrypted, seen by officers and towns of the place, undone."""

import datetime as dt
import io
import re
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.district.districts import FIRMS, NOW, PEOPLE

from yumiao.district.accounts.models import Person
from yumiao.district.attachments import services as files
from yumiao.district.attachments.checking import check_file, clean_name
from yumiao.district.attachments.files import path_of
from yumiao.district.attachments.models import Attachment
from yumiao.district.contacts.details import Details, read_details
from yumiao.district.contacts.models import Contact
from yumiao.district.contacts.services import KEPT_DAYS, UNDO_DAYS
from yumiao.district.filters.models import SavedFilter
from yumiao.district.journal.models import JournalLine
from yumiao.district.notes.models import Note, Wording
from yumiao.district.vault.keyring import Keyring
from yumiao.district.vault.models import Sealed
from yumiao.district.vault.services import erase_due, keep, keyring, reveal, rotate
from yumiao.model.problems import YumiaoError

KEEPS = {"officer": {"hengzhou", "qingmu", "jiahe", "nowhere"}, "town": {"hengzhou"}}
PDF = b"%PDF-1.7 invented"
TODAY = NOW.date()
PERSON = {"name": "钱某某", "post": "财务", "phone": "138 0000 1234", "mail": "zhang@firm.example.cn"}


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    """Keys and files of each test in a folder of its own; the judged facts stay where they are."""
    (tmp_path / "judged").symlink_to(f"{settings.YUMIAO_DATA}/judged")
    settings.YUMIAO_DATA = tmp_path


@pytest.fixture
def firm(ids):
    return f"/enterprises/{ids['hengzhou']}/"


def person(login):
    return Person.objects.get(login=login).id


def lines(act):
    return [line.payload for line in JournalLine.objects.filter(act=act)]


def office_file(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return packed.getvalue()


# ── who may ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("firm", FIRMS)
@pytest.mark.parametrize("part", ["notes", "attachments", "contacts"])
def test_records_answer_as_the_matrix_says(login, firm, part, ids, sign_in):
    client, address = sign_in(login), f"/enterprises/{ids[firm]}/{part}/"
    may = firm in KEEPS.get(login, set())

    assert client.get(address).status_code == (200 if may else 403)
    assert client.post(address, {}).status_code == (400 if may else 403)  # nothing sent: refused with words


@pytest.mark.parametrize("login", ["officer", "town", "enterprise"])
def test_profile_leads_to_records_only_those_who_may(login, firm, sign_in):
    page = sign_in(login).get(firm).content.decode()

    assert (f"{firm}notes/" in page) == (login in KEEPS)


def test_record_is_not_reached_through_another_enterprise(ids, sign_in):
    client = sign_in("officer")
    client.post(f"/enterprises/{ids['qingmu']}/notes/", {"text": "甲"})
    note = Note.objects.get()

    response = client.post(f"/enterprises/{ids['hengzhou']}/notes/{note.id}/", {"act": "withdraw"})

    assert response.status_code == 404
    assert Note.objects.get().withdrawn_at is None


# ── notes ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_note_is_shown_and_lies_encrypted(firm, sign_in):
    client = sign_in("officer")
    client.post(firm + "notes/", {"text": "走访：缺研发台账\n<b>下周再去</b>"})
    page = client.get(firm + "notes/").content.decode()

    assert "走访：缺研发台账\n&lt;b&gt;下周再去&lt;/b&gt;" in page
    assert "走访".encode() not in b"".join(bytes(row.data) for row in Sealed.objects.all())
    assert lines("note.written") == [f'{{"subject":"{Note.objects.get().subject}"}}']


def test_note_worded_anew_keeps_the_former_words(firm, sign_in):
    client = sign_in("officer")
    client.post(firm + "notes/", {"text": "第一稿"})
    note = Note.objects.get()
    client.post(f"{firm}notes/{note.id}/", {"act": "edit", "text": "第二稿"})
    page = client.get(firm + "notes/").content.decode()

    assert re.search(r'<p class="text" lang="zh-CN">第二稿</p>.*先前 1 稿.*第一稿', page, re.DOTALL)
    assert Wording.objects.filter(note=note).count() == 2


def test_note_of_somebody_else_is_not_worded_anew(firm, sign_in):
    sign_in("officer").post(firm + "notes/", {"text": "第一稿"})
    response = sign_in("town").post(f"{firm}notes/{Note.objects.get().id}/", {"act": "edit", "text": "改"})

    assert response.status_code == 400
    assert "只能修改自己写的记录" in response.content.decode()
    assert Wording.objects.count() == 1


def test_withdrawn_note_can_be_put_back(firm, sign_in):
    client = sign_in("officer")
    client.post(firm + "notes/", {"text": "原话"})
    address = f"{firm}notes/{Note.objects.get().id}/"
    client.post(address, {"act": "withdraw"})
    gone = client.get(firm + "notes/").content.decode()
    client.post(address, {"act": "restore"})

    assert '<p class="text" lang="zh-CN">原话</p>' not in gone
    assert "已撤回" in gone
    assert '<p class="text" lang="zh-CN">原话</p>' in client.get(firm + "notes/").content.decode()
    assert [JournalLine.objects.filter(act=f"note.{act}").count() for act in ("withdrawn", "restored")] == [
        1,
        1,
    ]


def test_refused_note_keeps_what_was_typed(firm, sign_in):
    response = sign_in("officer").post(firm + "notes/", {"text": "长" * 4001})

    assert response.status_code == 400
    assert "长" * 4001 in response.content.decode()
    assert not Note.objects.exists()


def test_note_stands_on_the_time_line_of_those_who_may_see_it(firm, sign_in):
    sign_in("officer").post(firm + "notes/", {"text": "首次走访"})

    assert "首次走访" in sign_in("town").get(firm + "timeline/").content.decode()
    assert "首次走访" not in sign_in("enterprise").get(firm + "timeline/").content.decode()


def test_notes_cost_the_same_queries_for_one_and_for_three(firm, sign_in):
    client, counts = sign_in("officer"), set()
    for number in range(3):
        client.post(firm + "notes/", {"text": f"第 {number} 条"})
        if number != 1:
            with CaptureQueriesContext(connection) as captured:
                client.get(firm + "notes/")
            counts.add(len(captured))

    assert len(counts) == 1


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────


def upload(client, firm, name="证明.pdf", data=PDF, **more):
    return client.post(firm + "attachments/", {"file": SimpleUploadedFile(name, data), **more})


def test_file_comes_back_as_it_was_and_lies_encrypted_under_its_hash(firm, sign_in):
    client = sign_in("officer")
    upload(client, firm)
    row = Attachment.objects.get()
    response = client.get(f"{firm}attachments/{row.id}/")
    lying = path_of(row.stored).read_bytes()

    assert response.content == PDF
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%AF%81")
    assert (response.headers["Content-Type"], response.headers["X-Content-Type-Options"]) == (
        "application/pdf",
        "nosniff",
    )
    assert b"invented" not in lying
    assert lines("attachment.downloaded") == lines("attachment.added")
    assert "证明" not in "".join(lines("attachment.added"))


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"<html><script>alert(1)</script>", "kind"),
        ("a.html", PDF, "name"),
        ("a.pdf", b"MZ\x90\x00", "kind"),
        ("a.pdf", b"%PDF-" + b"0" * (10 << 20), "large"),
        ("a.docx", office_file("[Content_Types].xml", "xl/workbook.xml"), "name"),
        ("a.docx", office_file("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "macro"),
        ("a.zip", office_file("a.txt"), "kind"),
        ("a.xlsx", office_file("[Content_Types].xml", "xl/workbook.xml", *map(str, range(2000))), "bomb"),
    ],
)
def test_file_that_is_not_what_it_says_is_refused_with_words(firm, sign_in, name, data, code):
    with pytest.raises(YumiaoError) as refused:
        check_file(name, data)
    response = upload(sign_in("officer"), firm, name, data)

    assert refused.value.code == f"attachment.{code}"
    assert response.status_code == 400
    assert refused.value.text.zh in response.content.decode()
    assert not Attachment.objects.exists()
    assert not (settings.YUMIAO_DATA / "attachments").exists()


def test_office_files_without_macros_are_taken():
    assert check_file("a.docx", office_file("[Content_Types].xml", "word/document.xml")) == ("a.docx", "docx")
    assert check_file("b.JPEG", b"\xff\xd8\xff\xe0") == ("b.JPEG", "jpg")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("", "file"),
    ],
)
def test_file_name_loses_folders_and_control_characters(name, clean):
    assert clean_name(name) == clean


def test_withdrawn_file_is_put_back_or_removed_after_its_days(firm, sign_in):
    client = sign_in("officer")
    upload(client, firm)
    row = Attachment.objects.get()
    client.post(f"{firm}attachments/{row.id}/", {"act": "withdraw"})
    client.post(f"{firm}attachments/{row.id}/", {"act": "restore"})
    early = files.remove_due(now=NOW, today=TODAY)
    Attachment.objects.update(withdrawn_at=NOW - dt.timedelta(days=files.UNDO_DAYS, seconds=1))
    late = files.remove_due(now=NOW, today=TODAY)

    assert (early, late) == (0, 1)
    assert not path_of(row.stored).exists()
    assert reveal(row.sealed) is None
    assert "附件已按期限删除" in client.get(f"{firm}attachments/{row.id}/").content.decode()


def test_file_whose_last_day_is_over_is_removed(firm, sign_in):
    upload(sign_in("officer"), firm, keep_until="2099-12-31")
    Attachment.objects.update(keep_until=TODAY)

    assert files.remove_due(now=NOW, today=TODAY) == 0
    assert files.remove_due(now=NOW, today=TODAY + dt.timedelta(days=1)) == 1


def test_file_that_was_changed_on_the_disk_is_refused(firm, sign_in):
    client = sign_in("officer")
    upload(client, firm)
    row = Attachment.objects.get()
    path_of(row.stored).write_bytes(b"other")

    assert "请系统管理员从备份恢复" in client.get(f"{firm}attachments/{row.id}/").content.decode()


def test_file_is_not_left_behind_where_its_row_cannot_be_kept(ids, monkeypatch):
    def fail(**_):
        raise RuntimeError

    monkeypatch.setattr(files, "keep", fail)
    with pytest.raises(RuntimeError):
        files.attach(
            subject=ids["hengzhou"], name="a.pdf", data=PDF, keep_until=TODAY, by="x", now=NOW, today=TODAY
        )

    assert [path for path in (settings.YUMIAO_DATA / "attachments").rglob("*") if path.is_file()] == []


# ── contacts and the vault ────────────────────────────────────────────────────────────────────────────────────


def test_contact_is_masked_until_somebody_says_why(firm, sign_in):
    client = sign_in("officer")
    client.post(firm + "contacts/", PERSON)
    contact = Contact.objects.get()
    masked = client.get(firm + "contacts/").content.decode()
    refused = client.post(f"{firm}contacts/{contact.id}/", {"act": "reveal", "reason": "curious"})
    seen = client.post(f"{firm}contacts/{contact.id}/", {"act": "reveal", "reason": "call"}).content.decode()
    again = client.get(firm + "contacts/").content.decode()

    for page in (masked, again, refused.content.decode()):
        assert [word for word in ("钱某某", "1234", "zhang@") if word in page] == []
        assert [word for word in ("钱**", "138****34", "z***@firm.example.cn") if word not in page] == []
    assert refused.status_code == 400
    assert [word for word in PERSON.values() if word not in seen] == []
    assert lines("contact.revealed") == [f'{{"reason":"call","subject":"{contact.subject}"}}']


def test_contact_refused_keeps_what_was_typed_and_names_each_field(firm, sign_in):
    response = sign_in("officer").post(firm + "contacts/", {"name": "", "phone": "abc", "mail": "x"})
    page = response.content.decode()

    assert response.status_code == 400
    assert 'value="abc"' in page
    assert page.count('<p class="err">') == 3
    assert not Contact.objects.exists()


def test_contact_changed_erases_the_former_details(firm, sign_in):
    client = sign_in("officer")
    client.post(firm + "contacts/", PERSON)
    former = Contact.objects.get()
    client.post(f"{firm}contacts/{former.id}/", {"act": "change", "name": "李四", "phone": "0519-85000000"})

    assert reveal(former.sealed) is None
    assert reveal(Contact.objects.get().sealed)["name"] == "李四"


def test_withdrawn_contact_is_put_back_or_erased_after_its_days(firm, sign_in):
    client = sign_in("officer")
    client.post(firm + "contacts/", PERSON)
    row = Contact.objects.get()
    address, today = f"{firm}contacts/{row.id}/", row.keep_until - dt.timedelta(days=KEPT_DAYS)
    client.post(address, {"act": "withdraw"})
    client.post(address, {"act": "restore"})
    kept = erase_due(NOW, today + dt.timedelta(days=UNDO_DAYS + 1))
    client.post(address, {"act": "withdraw"})
    gone = erase_due(NOW, today + dt.timedelta(days=UNDO_DAYS + 1))

    assert (kept, gone) == (0, 1)
    assert client.post(address, {"act": "restore"}).status_code == 400
    assert lines("vault.erased") == ['{"values":1}']


def test_contact_is_erased_the_day_after_its_last(firm, sign_in):
    sign_in("officer").post(firm + "contacts/", PERSON)
    last = Contact.objects.get().keep_until

    assert erase_due(NOW, last) == 0
    assert erase_due(NOW, last + dt.timedelta(days=1)) == 1
    assert "已按期限删除" in sign_in("officer").get(firm + "contacts/").content.decode()


@pytest.mark.parametrize(
    ("details", "masked"),
    [
        (Details("欧阳某", "", "0519-8500 0000", ""), Details("欧**", "", "051****00", "")),
        (Details("王", "法人", "", "a@b.cn"), Details("王**", "法人", "", "a***@b.cn")),
    ],
)
def test_masking_leaves_what_one_recognises(details, masked):
    assert details.masked() == masked


def test_details_need_a_telephone_or_an_address():
    with pytest.raises(YumiaoError) as refused:
        read_details({"name": "张"})

    assert [each.path for each in refused.value.problems] == ["phone"]


def test_new_key_seals_everything_anew_and_the_former_is_destroyed(ids):
    ids_kept = [
        keep(purpose="note", about=ids["hengzhou"], values={"text": str(n)}, now=NOW) for n in range(3)
    ]
    name, count = rotate(now=NOW, by="console")

    assert (name, count) == ("vault-002", 3)
    assert keyring().names() == ["vault-002"]
    assert [reveal(each)["text"] for each in ids_kept] == ["0", "1", "2"]
    assert set(Sealed.objects.values_list("key", flat=True)) == {"vault-002"}


def test_rotation_stopped_half_way_reads_on_and_ends_the_next_time(ids):
    kept = keep(purpose="note", about=ids["hengzhou"], values={"text": "a"}, now=NOW)
    keyring().add()  # what a rotation that was killed leaves: a new key, nothing sealed with it

    assert reveal(kept) == {"text": "a"}
    assert rotate(now=NOW, by="console") == ("vault-003", 1)
    assert reveal(kept) == {"text": "a"}
    assert keyring().names() == ["vault-003"]


def test_lost_key_is_told_with_its_consequence(ids, tmp_path):
    kept = keep(purpose="note", about=ids["hengzhou"], values={"text": "a"}, now=NOW)
    keyring().remove("vault-001")

    with pytest.raises(YumiaoError, match=r"vault\.no_key|vault-001"):
        reveal(kept)


def test_sealed_value_moved_to_another_row_does_not_open(ids):
    first, second = (
        keep(purpose="note", about=ids[firm], values={"text": firm}, now=NOW)
        for firm in ("hengzhou", "qingmu")
    )
    Sealed.objects.filter(id=second).update(data=Sealed.objects.get(id=first).data)

    with pytest.raises(YumiaoError) as refused:
        reveal(second)
    assert refused.value.code == "vault.damaged"


def test_keys_are_readable_by_their_owner_only(tmp_path):
    ring = Keyring(tmp_path / "other")
    name = ring.current()

    assert (tmp_path / "other" / "keys" / f"{name}.key").stat().st_mode & 0o777 == 0o600


# ── saved filters ─────────────────────────────────────────────────────────────────────────────────────────────


def test_filter_is_kept_shared_removed_and_put_back(sign_in):
    client = sign_in("officer")
    sent = {"name": "高企 差一步", "query": "policy=hnte&near_miss=1&page=3&evil=1", "shared": "1"}
    response = client.post("/enterprises/filters/", sent)
    row = SavedFilter.objects.get()
    removed = client.post(f"/enterprises/filters/{row.id}/", {"act": "remove"}, follow=True).content.decode()
    gone = sign_in("town").get("/enterprises/").content.decode()
    client.post(f"/enterprises/filters/{row.id}/", {"act": "restore"})

    assert response.headers["Location"] == "/enterprises/?policy=hnte&near_miss=1"
    assert "已删除筛选" in removed
    assert "高企 差一步" not in gone
    assert "高企 差一步" in sign_in("town").get("/enterprises/").content.decode()
    assert [line.payload for line in JournalLine.objects.filter(act="filter.saved")] == ["{}"]


def test_filter_that_is_not_shared_is_ones_own(sign_in):
    sign_in("officer").post("/enterprises/filters/", {"name": "我的", "query": "policy=hnte"})

    assert "我的</a>" in sign_in("officer").get("/enterprises/").content.decode()
    assert "我的</a>" not in sign_in("town").get("/enterprises/").content.decode()


def test_filter_of_somebody_else_is_not_changed(sign_in):
    sign_in("officer").post("/enterprises/filters/", {"name": "我的", "query": "policy=hnte", "shared": "1"})
    row = SavedFilter.objects.get()
    sign_in("town").post(f"/enterprises/filters/{row.id}/", {"act": "remove"})

    assert SavedFilter.objects.get().removed_at is None


@pytest.mark.parametrize("login", ["enterprise", "expert", "system"])
def test_filter_is_kept_only_by_those_who_list_enterprises(login, sign_in):
    assert sign_in(login).post("/enterprises/filters/", {"name": "a", "query": "q=a"}).status_code == 403


def test_filter_without_name_or_conditions_is_refused(sign_in):
    client = sign_in("officer")
    client.post("/enterprises/filters/", {"name": " ", "query": "policy=hnte"})
    client.post("/enterprises/filters/", {"name": "a", "query": "page=2"})

    assert not SavedFilter.objects.exists()
