"""The invented district."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from yumiao.demo import bundle
from yumiao.demo.bundle import bundled_district, write_demo
from yumiao.demo.district import INPUTS, LISTS, MAPPING, SEED, SIZE, make_district
from yumiao.demo.enterprises import MARK, make_code
from yumiao.identity.codes import check_code
from yumiao.intake.workbooks import read_workbook
from yumiao.model.problems import YumiaoError

LIMIT = 300 * 1024


def content(name, data):
    """What a file says, whatever the machine's compression: the parts of a workbook, the bytes of any other."""
    if not name.endswith(".xlsx"):
        return data
    with zipfile.ZipFile(BytesIO(data)) as parts:
        return {part: parts.read(part) for part in parts.namelist()}


def names_in(files, folder):
    path = folder / INPUTS[0]
    path.write_bytes(files[INPUTS[0]])
    sheet = read_workbook(path, None).sheets[1]
    return [(row[0], row[1]) for row in sheet.rows[3:]]


def test_bundled_files_are_what_the_generator_makes():
    made, bundled = make_district(), bundled_district()

    assert made.keys() == bundled.keys()
    for name in made:
        assert content(name, made[name]) == content(name, bundled[name]), name


def test_bundled_files_are_small():
    folder = Path(bundle.__file__).parents[1] / bundle.BUNDLE

    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= LIMIT


def test_same_seed_gives_the_same_files():
    assert make_district(7, 40) == make_district(7, 40)


def test_other_seed_gives_other_enterprises(tmp_path):
    assert names_in(make_district(7, 40), tmp_path) != names_in(make_district(8, 40), tmp_path)


def test_district_has_all_its_files():
    assert set(make_district(1, 20)) == {*INPUTS, MAPPING, *(f"名单/{name}" for name in LISTS)}


@pytest.mark.parametrize("size", [0, 1000])
def test_district_of_impossible_size_is_refused(size):
    with pytest.raises(ValueError, match="1 to 999"):
        make_district(1, size)


def test_smallest_district_is_made():
    assert make_district(1, 1)


def test_every_code_is_well_formed_and_carries_the_mark(tmp_path):
    rows = names_in(make_district(SEED, SIZE), tmp_path)

    codes = [code for code, _ in rows]
    assert len(set(codes)) == SIZE
    assert all(check_code(code).valid and not check_code(code).warnings for code in codes)
    assert all(code[8:13] == MARK for code in codes)


@pytest.mark.parametrize("number", [0, 1, 499, 999])
def test_made_code_is_well_formed(number):
    assert check_code(make_code("320412", number)).valid


def test_no_two_enterprises_share_a_name(tmp_path):
    names = [name for _, name in names_in(make_district(SEED, SIZE), tmp_path)]

    assert len(set(names)) == len(names)


def test_counts_of_intellectual_property_come_as_chinese_officials_save_them():
    data = make_district(1, 20)["知识产权.csv"]

    assert "统一社会信用代码" in data.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")


def test_demonstration_never_writes_into_a_folder_that_holds_something(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(YumiaoError) as error:
        write_demo(tmp_path)
    assert error.value.code == "demo.exists"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_demonstration_with_another_seed_is_another_district(tmp_path):
    one, other = write_demo(tmp_path / "a", 1), write_demo(tmp_path / "b", 2)

    assert one.inputs[0].read_bytes() != other.inputs[0].read_bytes()
