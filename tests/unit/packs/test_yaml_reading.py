"""Pack files: everything wrong with one is said at once, with its line, its key path and the nearest name."""

from collections.abc import Mapping

import pytest
from pydantic import Field

from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs.fields import Part, PointsField, Statement, Words
from yumiao.packs.yaml_reading import check_model, key_path, nearest, plain, pointer, read_yaml


class Row(Part):
    need: Statement
    points: PointsField = 0
    from_: int | None = Field(default=None, alias="from")


class Page(Part):
    title: Words
    rows: Mapping[str, Row] = {}
    steps: tuple[int, ...] = ()


SOUND = """\
title: {zh: 甲, en: A}   # a remark
rows:
  first:
    need: staff >= 10 人
    points: 7–8
steps:
  - 1
  - 2
"""


@pytest.fixture
def read(tmp_path):
    def read_text(text):
        path = tmp_path / "page.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_yaml(path, "cn/page.yaml")

    return read_text


@pytest.fixture
def check(read):
    def check_text(text):
        source, problems = read(text)
        assert problems == []
        return check_model(source, Page)

    return check_text


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────


def test_sound_file_is_read_into_its_model(check):
    page, problems = check(SOUND)

    assert problems == []
    assert (page.title.text, page.rows["first"].need.text, page.steps) == (
        Text("甲", "A"),
        "staff >= 10 人",
        (1, 2),
    )


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ([], 1),
        (["title"], 1),
        (["rows", "first", "points"], 5),
        (["steps", 1], 8),
        (["rows", "second"], 2),
        (["steps", 7], 6),
    ],
)
def test_line_is_that_of_the_deepest_key_that_stands_in_the_file(read, keys, line):
    source, _ = read(SOUND)

    assert source.line(keys) == line


@pytest.mark.parametrize(
    ("text", "code", "line", "message"),
    [
        ("a: [1, 2\nb: 3\n", "yaml.syntax", 2, "YAML 格式错误："),
        ("a: 1\na: 2\n", "yaml.syntax", 2, "YAML 格式错误："),
        ("a: 1\n\tb: 2\n", "yaml.syntax", 2, "YAML 格式错误："),
        ("- 1\n- 2\n", "yaml.shape", 1, "文件应为键值结构"),
        ("", "yaml.shape", 1, "文件应为键值结构"),
        ("标题: 甲\n".encode("gb18030"), "yaml.encoding", None, "文件不是 UTF-8 编码，请另存为 UTF-8"),
    ],
)
def test_file_that_is_no_mapping_in_yaml_is_one_problem_with_its_line(read, text, code, line, message):
    source, problems = read(text)

    assert source is None
    assert [(problem.code, problem.file, problem.line) for problem in problems] == [
        (code, "cn/page.yaml", line)
    ]
    assert problems[0].text.zh.startswith(message)


def test_file_that_cannot_be_opened_is_a_problem(tmp_path):
    source, problems = read_yaml(tmp_path / "none.yaml", "cn/none.yaml")

    assert source is None
    assert [(problem.code, problem.file) for problem in problems] == [("yaml.unreadable", "cn/none.yaml")]


def test_plain_data_keeps_decimals_as_they_are_written(read):
    source, _ = read("a: 0.1\nb: 3\nc: yes\nd: ~\n2025: [1.50, {e: f}]\n")

    assert plain(source.data) == {"a": "0.1", "b": 3, "c": "yes", "d": None, "2025": ["1.5", {"e": "f"}]}


# ── checking ──────────────────────────────────────────────────────────────────────────────────────────


def test_all_problems_of_a_file_are_reported_at_once_where_they_stand(check):
    text = """\
titel: {zh: 甲}
rows:
  first:
    need: staff >= 10 吨
    points: 8–7
  second:
    points: 1
steps: [1, many]
"""

    page, problems = check(text)

    assert page is None
    assert [
        (problem.line, problem.path, problem.found, str(problem.text).split("\n")[0]) for problem in problems
    ] == [
        (1, "", "", "缺少 title"),
        (4, "rows.first.need", "staff >= 10 吨", problems[1].text.zh.split("\n")[0]),
        (5, "rows.first.points", "8–7", "格式不对：8–7: the second number is the smaller"),
        (6, "rows.second", "", "缺少 need"),
        (8, "steps[1]", "many", problems[4].text.zh),
        (1, "titel", "", "没有这个键：titel；最接近的是 title"),
    ]


def test_unknown_key_is_answered_with_the_nearest_one(check):
    _, problems = check("title: {zh: 甲}\nrows:\n  first:\n    need: always\n    pionts: 5\n")

    assert problems == [
        Problem(
            code="pack.extra_forbidden",
            text=Text("没有这个键：pionts；最接近的是 points", "no such key: pionts; nearest: points"),
            file="cn/page.yaml",
            line=5,
            path="rows.first.pionts",
            found="5",
        )
    ]


def test_unknown_key_like_no_other_is_answered_without_a_guess(check):
    _, problems = check("title: {zh: 甲}\nxylophone: 5\n")

    assert [problem.text for problem in problems] == [Text("没有这个键：xylophone", "no such key: xylophone")]


def test_wrong_word_of_an_expression_is_marked_below_it(check):
    _, problems = check("title: {zh: 甲}\nrows:\n  first:\n    need: honest fined\n")

    assert [problem.text.zh for problem in problems] == [
        "此处读不懂“fined”\n    honest fined\n           ^^^^^"
    ]
    assert str(problems[0]) == f"cn/page.yaml:4 rows.first.need: {problems[0].text.zh}"


# ── parts of messages ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        (["conditions", "H5", "need"], "conditions.H5.need"),
        (["bands", 1], "bands[1]"),
        (["a", 0, 2, "b"], "a[0][2].b"),
        ([], ""),
    ],
)
def test_key_path_is_written_as_in_code(keys, path):
    assert key_path(keys) == path


def test_pointer_marks_at_least_one_place():
    assert pointer("a b", 3, 0) == "\n    a b\n       ^"


@pytest.mark.parametrize(
    ("name", "found"), [("tech_stuff", "tech_staff"), ("xyz", None), ("staff", "staff"), ("", None)]
)
def test_nearest_name_is_one_that_is_much_alike_or_none(name, found):
    assert nearest(name, ["tech_staff", "staff", "sales"]) == found
