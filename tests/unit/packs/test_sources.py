"""Who reports facts and who is believed: declared in packs, the smallest territory deciding."""

from tests.shipped_packs import shipped_packs
from tests.unit.packs.small_packs import METRICS, PACK, write_packs

from yumiao.model.precedence import Precedence, Source
from yumiao.model.text import Text
from yumiao.packs.library import read_packs

SOURCES = """\
sources:
  tax: {label: {zh: 税务, en: Tax}}
  town: {label: {zh: 镇, en: Town}, shown_to_subject: false}
believed:
  usual: [tax, town]
  metrics: {staff: [town, tax]}
"""
DISTRICT = "pack: wj\nterritory: '320412'\ntitle: {zh: 武进, en: Wujin}\n"


def read(root, national, district=None):
    write_packs(root, metrics=METRICS, pack=PACK)
    (root / "cn" / "sources.yaml").write_text(national, encoding="utf-8")
    if district is not None:
        (root / "wj").mkdir()
        (root / "wj" / "pack.yaml").write_text(DISTRICT, encoding="utf-8")
        (root / "wj" / "sources.yaml").write_text(district, encoding="utf-8")
    return read_packs([root])


def test_sources_and_their_order_are_read(tmp_path):
    library, problems = read(tmp_path, SOURCES)

    assert problems == ()
    assert library.reported.sources == {
        "tax": Source("tax", Text("税务", "Tax")),
        "town": Source("town", Text("镇", "Town"), shown_to_subject=False),
    }
    assert library.reported.precedence == Precedence(("tax", "town"), {"staff": ("town", "tax")})


def test_order_of_the_smallest_territory_counts_as_a_whole(tmp_path):
    library, problems = read(tmp_path, SOURCES, "believed: {usual: [town, tax]}\n")

    assert problems == ()
    assert library.reported.precedence == Precedence(("town", "tax"), {})


def test_source_that_no_order_names_comes_after_those_that_are():
    order = Precedence(("tax", "town"), {"staff": ("town",)})

    ranks = [order.rank(metric, source) for metric in ("sales", "staff") for source in ("tax", "town", "x")]

    assert ranks == [0, 1, 2, 1, 0, 1]


def test_every_mistake_is_reported_with_its_line(tmp_path):
    _, problems = read(
        tmp_path,
        "sources: {tax: {label: {zh: 税}}}\nbelieved:\n  usual: [tax, tow, tax]\n  metrics:\n    staf: [tax]\n",
        "sources: {tax: {label: {zh: 税}}}\n",
    )

    found = [(problem.code, problem.place, problem.found) for problem in problems]
    assert found == [
        ("source.duplicate", f"{tmp_path.name}/wj/sources.yaml:1 sources.tax", "tax"),
        ("source.metric", f"{tmp_path.name}/cn/sources.yaml:5 believed.metrics.staf", "staf"),
        ("source.unknown", f"{tmp_path.name}/cn/sources.yaml:3 believed.usual[1]", "tow"),
        ("source.twice", f"{tmp_path.name}/cn/sources.yaml:3 believed.usual[2]", "tax"),
    ]


def test_two_orders_of_one_level_are_refused(tmp_path):
    _, problems = read(tmp_path, SOURCES + "\n", None)
    (tmp_path / "cn2").mkdir()
    (tmp_path / "cn2" / "pack.yaml").write_text(PACK.replace("pack: cn", "pack: cn2"), encoding="utf-8")
    (tmp_path / "cn2" / "sources.yaml").write_text("believed: {usual: [tax]}\n", encoding="utf-8")

    _, problems = read_packs([tmp_path])

    assert [problem.code for problem in problems] == ["source.order"]


def test_shipped_order_names_every_shipped_source():
    reported = shipped_packs().reported

    assert set(reported.precedence.usual) == set(reported.sources)
