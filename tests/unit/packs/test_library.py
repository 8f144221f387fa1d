"""All packs together: what is called what, what is in force, and what a hash covers."""

import datetime as dt
from fractions import Fraction

import pytest
from tests.unit.packs.small_packs import AS_OF, METRICS, PACK, library_of, policy_text, write_packs

from yumiao.model.metrics import Lever, Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind
from yumiao.packs.folder import packs_folder
from yumiao.packs.library import by_territory, canonical_text, load_packs, read_packs

MET = "met_when: [always]\n"
IN_2020 = policy_text(MET, name="seed")


def version(number, *, start, until=None, to="first_application, review", also=None, family="seed"):
    end = f", until: {until}" if until else ""
    alias = f"also_known_as: {also}\n" if also else ""
    return (
        f"policy: {family}\nversion: {number}\n{alias}title: {{zh: 甲}}\ndocuments: [{{number: 一号}}]\n"
        f"applies: [{{to: [{to}], from: {start}{end}}}]\n{MET}"
    )


OLD = version("v2020", start="2020-01-01", until="2024-12-31", also="old_seed")
NEW = version("v2025", start="2025-01-01", to="first_application")
SEEDS = (OLD, NEW, version("only", start="2020-01-01", family="tree"))


def read(folder, *policies, **texts):
    return read_packs([write_packs(folder, *policies, **texts)])


def places(problems):
    return [(problem.code, problem.line, problem.path, problem.text.en) for problem in problems]


# ── finding policies ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("seed", ["seed@v2020", "seed@v2025"]),
        ("seed@v2025", ["seed@v2025"]),
        ("v2020", ["seed@v2020"]),
        ("old_seed", ["seed@v2020"]),
        ("tree", ["tree@only"]),
        ("oak", []),
    ],
)
def test_policy_is_found_by_family_version_or_other_known_name(name, found):
    assert [policy.id for policy in library_of(*SEEDS).find(name)] == found


@pytest.mark.parametrize(
    ("day", "kind", "found"),
    [
        (dt.date(2019, 12, 31), None, None),
        (dt.date(2020, 1, 1), None, "v2020"),
        (dt.date(2024, 12, 31), None, "v2020"),
        (dt.date(2025, 1, 1), None, "v2025"),
        (dt.date(2025, 1, 1), "first_application", "v2025"),
        (dt.date(2025, 1, 1), "review", None),
    ],
)
def test_version_in_force_is_the_one_that_covers_day_and_application(day, kind, found):
    policy = library_of(*SEEDS).in_force("seed", day, kind)

    assert (policy and policy.version) == found


def test_latest_of_several_versions_is_in_force():
    library = library_of(
        version("a", start="2020-01-01"), version("c", start="2022-01-01"), version("b", start="2021-01-01")
    )

    assert library.in_force("seed", AS_OF).version == "c"


@pytest.mark.parametrize(
    ("name", "found"), [("seed", "seed@v2025"), ("old_seed", "seed@v2020"), ("v2020", "seed@v2020")]
)
def test_selected_family_means_the_version_in_force_and_any_other_name_pins_one(name, found):
    assert library_of(*SEEDS).select(name, AS_OF).id == found


def test_selected_family_without_version_in_force_names_those_that_could_be_pinned():
    with pytest.raises(YumiaoError) as error:
        library_of(*SEEDS).select("seed", dt.date(2019, 6, 1))

    assert (error.value.code, error.value.text) == (
        "policy.not_in_force",
        Text(
            "2019-06-01 没有施行中的 seed 版本；可用 政策@版本 指定",
            "no version of seed is in force on 2019-06-01; name one as policy@version: seed@v2020, seed@v2025",
        ),
    )


def test_family_of_one_version_is_not_pinned_by_its_own_name():
    with pytest.raises(YumiaoError, match="没有施行中的 tree 版本"):
        library_of(*SEEDS).select("tree", dt.date(2019, 6, 1))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sead", Text("没有名为 sead 的政策；是否指 seed？", "no policy is called sead; did you mean seed?")),
        ("xyz", Text("没有名为 xyz 的政策", "no policy is called xyz")),
    ],
)
def test_unknown_policy_is_answered_with_the_nearest_name(name, text):
    with pytest.raises(YumiaoError) as error:
        library_of(*SEEDS).select(name, AS_OF)

    assert (error.value.code, error.value.text) == ("policy.unknown", text)


def test_families_and_versions_are_listed_in_the_order_of_the_files():
    library = library_of(*SEEDS)

    assert library.families() == ("seed", "tree")
    assert [policy.version for policy in library.versions("seed")] == ["v2020", "v2025"]


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("320412", ["CN", "320000", "320400", "320412"]),
        ("320400", ["CN", "320000", "320400"]),
        ("320411", ["CN", "320000", "320400"]),
        ("330000", ["CN"]),
    ],
)
def test_policies_of_a_place_are_its_own_and_those_of_every_level_above(place, found):
    codes = ["CN", "320000", "320400", "320412", "110000"]
    policies = [f"territory: '{code}'\n{policy_text(MET, name=f'p{code.lower()}')}" for code in codes]

    applying = by_territory(library_of(*policies).policies, place)

    assert [policy.territory for policy in applying] == [code for code in codes if code in found]


# ── metrics ───────────────────────────────────────────────────────────────────────────────────────────


def test_metric_is_checked_and_in_smallest_steps(tmp_path):
    metrics = """\
metrics:
  quality:
    label: {zh: 质量, en: Quality}
    unit: point
    period: at_application
    min: 0
    max: 6.5
    whole: true
    judged: true
    shown_to_subject: false
    good_for: 2 年
    synonyms: [质量分]
    derived: always
"""

    library, problems = read(tmp_path, metrics=metrics)

    assert problems == ()
    assert dict(library.metrics) == {
        "quality": Metric(
            id="quality",
            label=Text("质量", "Quality"),
            kind=Kind.QUANTITY,
            period=PeriodKind.AT_APPLICATION,
            unit=UNITS["point"],
            minimum=0,
            maximum=65_000,
            whole=True,
            judged=True,
            shown_to_subject=False,
            good_for_days=730,
            synonyms=("质量分",),
            derived="always",
        )
    }


def test_persons_items_and_days_are_whole_without_saying_so(tmp_path):
    rows = "".join(
        f"  m_{unit}: {{label: {{zh: 甲}}, unit: {unit}, period: at_application}}\n" for unit in UNITS
    )

    library, _ = read(tmp_path, metrics=f"metrics:\n{rows}")

    assert {metric.unit.code for metric in library.metrics.values() if metric.whole} == {
        "person",
        "item",
        "day",
    }


@pytest.mark.parametrize(
    ("row", "code", "path", "message"),
    [
        (
            "{label: {zh: 甲}, unit: tonne, period: at_application}",
            "pack.unit",
            "metrics.m",
            "unknown unit tonne; known: CNY, ",
        ),
        (
            "{label: {zh: 甲}, unit: category, period: at_application}",
            "pack.values",
            "metrics.m",
            "a category lists its values",
        ),
        (
            "{label: {zh: 甲}, unit: person, period: at_application, values: {A: {zh: 甲}}}",
            "pack.values",
            "metrics.m",
            "a category lists its values",
        ),
        (
            "{label: {zh: 甲}, unit: person, period: at_application, max: 0.5}",
            "metric.domain",
            "metrics.m",
            "bad domain: 0.5 person is finer than the smallest step (1/1)",
        ),
        (
            "{label: {zh: 甲}, unit: person, period: hourly}",
            "pack.enum",
            "metrics.m.period",
            "Input should be ",
        ),
    ],
)
def test_metric_that_means_nothing_is_a_problem_at_its_place(tmp_path, row, code, path, message):
    _, problems = read(tmp_path, metrics=f"metrics:\n  m: {row}\n")

    assert [(problem.code, problem.line, problem.path) for problem in problems] == [(code, 2, path)]
    assert problems[0].text.en.startswith(message)


def test_second_metric_of_one_name_is_refused_where_it_stands(tmp_path):
    root = write_packs(tmp_path)
    other = root / "cn" / "metrics" / "other.yaml"
    other.write_text("metrics:\n  staff: {label: {zh: 甲}, unit: item, period: year_end}\n", encoding="utf-8")

    library, problems = read_packs([root])

    assert places(problems) == [
        ("metric.duplicate", 2, "metrics.staff", "staff is already defined: one name for one meaning")
    ]
    assert library.metrics["staff"].unit.code == "person"


def test_title_brings_the_dates_between_which_it_is_held():
    metrics = library_of(IN_2020).metrics

    dates = {
        name: (metric.kind, metric.label) for name, metric in metrics.items() if name.startswith("title_")
    }

    assert dates == {
        "title_sound_granted_on": (Kind.DATE, Text("优授予日期", "Sound: granted on")),
        "title_sound_valid_until": (Kind.DATE, Text("优有效期至", "Sound: valid until")),
    }


def test_filter_of_a_register_makes_a_count_of_its_own():
    metrics = library_of(IN_2020).metrics

    assert metrics["patents.own"].label == Text("专利（own口径）", "Patents (own filter)")
    assert metrics["patents.own"].unit == metrics["patents"].unit


# ── constraints and levers ────────────────────────────────────────────────────────────────────────────

COUNTED = """\
metrics:
  all_patents: {label: {zh: 甲}, unit: item, period: at_application}
  patents: {label: {zh: 乙}, unit: item, period: at_application}
  inventions: {label: {zh: 丙}, unit: item, period: at_application}
constraints: [inventions <= patents, patents <= all_patents]
registers:
  ip:
    label: {zh: 台账}
    columns: {kind: date}
    counts:
      patents: {own: always, any: always}
      inventions: {own: always, old: always}
"""


def test_filtered_counts_are_part_of_their_plain_count_and_of_the_same_filter_of_its_whole():
    assert library_of(IN_2020, metrics=COUNTED).constraints == (
        ("inventions", "patents"),
        ("patents", "all_patents"),
        ("patents.own", "patents"),
        ("patents.any", "patents"),
        ("inventions.own", "inventions"),
        ("inventions.old", "inventions"),
        ("inventions.own", "patents.own"),
    )


def test_constraint_on_an_unknown_metric_is_a_problem_with_the_nearest_name(tmp_path):
    library, problems = read(tmp_path, metrics=METRICS.replace("[tech <= staff]", "[tech <= staf]"))

    assert places(problems) == [
        ("constraint.metric", 18, "constraints[0]", "no metric 'staf'; nearest: staff")
    ]
    assert ("tech", "staf") not in library.constraints


LEVERS = """\
levers:
  hire:
    label: {zh: 招聘, en: Hire}
    moves: {tech: 1, staff: 1}
    step: 1 人
    at_most: staff - tech
    max: 200 人
    cost: 0.3
    needs: {zh: 合同, en: contracts}
  spend:
    label: {zh: 投入, en: Spend}
    moves: {rd: 1}
    step: 10 万元
"""


def test_lever_is_read_in_smallest_steps_and_stands_at_its_metrics():
    library = library_of(IN_2020, metrics=METRICS + LEVERS)

    hire = Lever(
        "hire",
        Text("招聘", "Hire"),
        (("tech", 1), ("staff", 1)),
        "person",
        1,
        ("staff", "tech"),
        200,
        Fraction(3, 10),
        Text("合同", "contracts"),
    )
    spend = Lever("spend", Text("投入", "Spend"), (("rd", 10_000_000),), "CNY_10k", 10_000_000)
    assert library.levers == {"hire": hire, "spend": spend}
    assert {name: metric.levers for name, metric in library.metrics.items() if metric.levers} == {
        "tech": (hire,),
        "staff": (hire,),
        "rd": (spend,),
    }


def test_lever_that_moves_an_unknown_metric_is_a_problem(tmp_path):
    _, problems = read(tmp_path, metrics=METRICS + LEVERS.replace("{rd: 1}", "{rb: 1}"))

    assert [(problem.code, problem.path) for problem in problems] == [("lever.metric", "levers.spend.moves")]


# ── hashes ────────────────────────────────────────────────────────────────────────────────────────────

REMARKED = "# a remark\n\n" + IN_2020.replace("version: seed-1\n", "version: seed-1   \n  # another\n\n")


def hash_of(policy=IN_2020, metrics=METRICS):
    return library_of(policy, metrics=metrics).policies[0].hash


def test_hash_covers_what_is_said_and_not_how_it_is_laid_out():
    assert REMARKED != IN_2020
    assert hash_of(REMARKED) == hash_of()
    assert hash_of(metrics="# a remark\n" + METRICS) == hash_of()


@pytest.mark.parametrize(
    ("policy", "metrics"),
    [
        (IN_2020.replace("zh: 甲", "zh: 乙"), METRICS),
        (IN_2020, METRICS.replace("min: 0, max: 100", "min: 0, max: 99")),
        (IN_2020.replace("[always]", "[always] # a remark behind a value"), METRICS),
    ],
)
def test_hash_changes_with_the_text_of_the_policy_and_of_its_definitions(policy, metrics):
    assert hash_of(policy, metrics) != hash_of()


def test_hash_does_not_depend_on_where_the_pack_lies(tmp_path):
    (tmp_path / "a" / "packs").mkdir(parents=True)
    (tmp_path / "b" / "packs").mkdir(parents=True)

    hashes = {read(tmp_path / name / "packs", IN_2020)[0].policies[0].hash for name in ("a", "b")}

    assert len(hashes) == 1


def test_canonical_text_is_without_remarks_blanks_and_empty_lines():
    assert canonical_text("# a\n\na: 1  \n  # b\n  b: 2 # c\r\n") == "a: 1\n  b: 2 # c\n"


# ── roots ─────────────────────────────────────────────────────────────────────────────────────────────


def test_version_defined_twice_is_kept_once_and_the_second_is_a_problem(tmp_path):
    library, problems = read(tmp_path, IN_2020, IN_2020)

    first = f"{tmp_path.name}/cn/policies/p0.yaml"
    assert places(problems) == [
        ("policy.duplicate", 2, "version", f"seed@seed-1 is already defined in {first}")
    ]
    assert [policy.file for policy in library.policies] == [first]


def test_folder_without_pack_is_a_problem(tmp_path):
    _, problems = read_packs([tmp_path / "none"])

    assert [(problem.code, problem.file) for problem in problems] == [("pack.none", str(tmp_path / "none"))]


def test_pack_whose_own_page_is_unreadable_is_left_out_with_its_problem(tmp_path):
    library, problems = read(tmp_path, IN_2020, pack="pack: cn\n")

    assert [problem.text.en for problem in problems] == ["territory is missing", "title is missing"]
    assert (library.packs, library.policies) == ((), ())


def test_problems_of_all_files_are_found_in_one_reading(tmp_path):
    broken = (policy_text("met_wen: [always]\n"), policy_text("met_when: [staff >=]\n"), "a: [1\n")

    library, problems = read(tmp_path, *broken, metrics="metrics: {m: {}}\n")

    assert [problem.file.rpartition("/")[2] for problem in problems] == [
        "all.yaml",
        "all.yaml",
        "all.yaml",
        "p0.yaml",
        "p1.yaml",
        "p2.yaml",
    ]
    assert library.policies == ()


def test_pack_information_says_where_the_pack_applies(tmp_path):
    library, _ = read(tmp_path, IN_2020)

    found = [(pack.id, pack.territory, pack.title, pack.folder) for pack in library.packs]
    assert found == [("cn", "CN", Text("国家级", "National"), tmp_path / "cn")]


def test_loading_reads_the_shipped_packs_and_the_named_folders(tmp_path):
    own = write_packs(tmp_path, policy_text(MET, name="own_policy"), metrics="metrics: {}\n")

    library = load_packs(own)

    assert library.select("own_policy", AS_OF).id == "own_policy@own_policy-1"
    assert library.find("hnte") != ()
    assert packs_folder().is_dir()


def test_loading_refuses_packs_with_problems_and_lists_them_all(tmp_path):
    own = write_packs(
        tmp_path,
        policy_text("met_wen: []\n"),
        policy_text("met_when: [staff >=]\n"),
        metrics="metrics: {}\n",
        pack=PACK,
    )

    with pytest.raises(YumiaoError) as error:
        load_packs(str(own))

    assert (error.value.code, str(error.value)) == ("packs.invalid", "规则包有 2 处问题")
    assert [problem.path for problem in error.value.problems] == ["met_wen", "met_when[0]"]
