"""Every word of the pages has its English, and the compiled catalogue is the one that is written."""

import gettext
import re
from pathlib import Path

import yumiao.web

WEB = Path(yumiao.web.__file__).parent
CATALOGUE = WEB / "locale" / "en" / "LC_MESSAGES"
USED = re.compile(r'(?:\{% trans |gettext\()"([^"]+)"')
COUNTED = re.compile(r"\{% blocktrans count n=[^%]*%\}(.*?)\{% plural %\}")
WRITTEN = re.compile(r'^msgid "(.+)"\n(?:msgid_plural ".+"\n)?msgstr(?:\[0\])? "(.*)"$', re.MULTILINE)


def words_used():
    files = [*WEB.rglob("*.html"), *WEB.rglob("*.py")]
    found = {word for path in files for word in USED.findall(path.read_text(encoding="utf-8"))}
    counted = {word for path in files for word in COUNTED.findall(path.read_text(encoding="utf-8"))}
    return found | {word.replace("{{ n }}", "%(n)s") for word in counted}


def words_written():
    return dict(WRITTEN.findall((CATALOGUE / "django.po").read_text(encoding="utf-8")))


def test_catalogue_holds_exactly_the_words_used():
    assert set(words_written()) == words_used()


def test_word_that_follows_a_number_is_never_used_without_one():
    """Without its number English would always say one: “53 firm”."""
    alone = re.compile(r'(?:\{% trans |(?<!n)gettext\()"([^"]+)"')
    files = [*WEB.rglob("*.html"), *WEB.rglob("*.py")]
    plain = {word for path in files for word in alone.findall(path.read_text(encoding="utf-8"))}
    text = (CATALOGUE / "django.po").read_text(encoding="utf-8")

    assert plain & set(re.findall(r'^msgid "(.+)"\nmsgid_plural', text, re.MULTILINE)) == set()


def test_every_word_has_english_without_chinese():
    assert [
        word
        for word, english in words_written().items()
        if not english or re.search(r"[\u3400-\u9fff]", english)
    ] == []


def test_compiled_catalogue_is_up_to_date():
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for word, english in words_written().items():
        assert (
            compiled.ngettext(word, word, 1) == english
            if "%(n)s" in word
            else compiled.gettext(word) == english
        )
