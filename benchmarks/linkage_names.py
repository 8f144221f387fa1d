"""Make the judged set of company names: parties that do not exist, and the ways in which bureaus write them.

Truth is known by construction: every row carries the number of the party it was made from. The set is seeded, so
that the same command writes the same files:

    python benchmarks/linkage_names.py        # writes tests/data/names/known.csv and received.csv
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from opencc import OpenCC

from yumiao.identity.codes import check_character

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "names"
SEED = 20261123
"""The weights of the model were settled while looking at the set of another seed."""
PARTIES = 2_000
RECEIVED = 2_400


def words_of(text: str) -> tuple[str, ...]:
    """Split a list of words."""
    return tuple(text.split())


HOME = ("常州", "常州市", "江苏常州")
REGIONS: dict[tuple[str, ...], tuple[str, int]] = {
    HOME: ("江苏省常州市", 30),
    ("常州市武进区", "武进", "常州市武进"): ("江苏省常州市武进区", 14),
    ("溧阳", "溧阳市", "江苏溧阳"): ("江苏省溧阳市", 6),
    ("江苏", "江苏省"): ("江苏省常州市", 16),
    ("无锡", "无锡市", "江苏无锡"): ("江苏省无锡市", 8),
    ("苏州", "苏州市", "江苏苏州"): ("江苏省苏州市", 8),
    ("昆山", "昆山市", "江苏昆山"): ("江苏省昆山市", 4),
    ("南京", "南京市", "江苏南京"): ("江苏省南京市", 6),
    ("上海", "上海市"): ("上海市", 5),
    ("杭州", "杭州市", "浙江杭州"): ("浙江省杭州市", 3),
}
"""Ways to write a region, the official one first -> how its addresses begin, and how common it is."""

INDUSTRIES = words_of(
    """
    机械 机械制造 科技 电子 电子科技 新材料 新材料科技 纺织 化工 贸易 建设工程 物流 食品
    医药 医药科技 环保科技 环保工程 汽车零部件 汽车部件 装饰工程 信息技术 软件 农业科技
    五金制品 塑料制品 精密机械 精密模具 电气 电器 自动化设备 自动化科技 智能科技 智能装备
    新能源 新能源科技 光伏科技 能源 建材 钢结构 金属制品 包装材料 印染 服饰 家具 生物科技
    医疗器械 仪器仪表 传感技术 液压 轨道交通设备 车辆配件 机电设备 电力设备 节能科技 供应链管理
    企业管理咨询 检测技术 园林绿化 餐饮管理
    """
)
FORMS = {
    "有限公司": 74,
    "有限责任公司": 6,
    "股份有限公司": 6,
    "集团有限公司": 3,
    "厂": 4,
    "合伙企业（有限合伙）": 2,
    "专业合作社": 2,
    "经营部": 3,
}
ROADS = words_of(
    """
    延政路 常武路 人民路 科技大道 创业路 兴业路 滨湖路 龙城大道 长江路 通江大道 太湖路 夏城路
    凤林路 新园路
    """
)
_TO_TRADITIONAL = OpenCC("s2t")


@dataclass(frozen=True)
class Party:
    """One invented party: ``region`` is a key of :data:`REGIONS`."""

    number: int
    region: tuple[str, ...]
    trade_name: str
    industry: str
    form: str
    code: str
    address: str
    former: str = ""
    short: str = ""
    branch: str = ""

    @property
    def name(self) -> str:
        return f"{self.region[0]}{self.trade_name}{self.industry}{self.form}{self.branch}"


def make_code(number: int) -> str:
    """Make a code that is well formed and marked as made up."""
    first = f"91320412MADEM{number:04d}" if number < 10_000 else f"91320412MADE{number:05d}"
    return first + check_character(first)


class World:
    """The parties, and their neighbours: names that look alike and mean somebody else."""

    def __init__(self, rng: random.Random, trade_names: list[str]) -> None:
        self.rng = rng
        self.trade_names = trade_names
        self.parties: list[Party] = []
        self.names: set[str] = set()

    def fill(self) -> list[Party]:
        neighbours: list[Callable[[Party], Party]] = [
            self.near_trade_name,
            self.near_trade_name,
            self.other_region,
            self.other_region,
            self.other_industry,
            self.other_industry,
            self.province_level,
            self.as_group,
            self.as_branch,
            self.as_branch,
            self.longer_trade_name,
        ]
        while len(self.parties) < PARTIES:
            party = self.draw()
            if self.add(party) and self.rng.random() < 0.3:
                self.add(self.rng.choice(neighbours)(party))
        return self.parties

    def add(self, party: Party) -> bool:
        """Add a party unless its name is borne already: one registry does not give a name twice."""
        key = party.name.replace("有限责任公司", "有限公司")
        if key in self.names:
            return False
        self.names.add(key)
        self.parties.append(self.with_history(replace(party, number=len(self.parties))))
        return True

    def draw(self) -> Party:
        rng = self.rng
        region = rng.choices(list(REGIONS), [weight for _, weight in REGIONS.values()])[0]
        form = rng.choices(list(FORMS), list(FORMS.values()))[0]
        industry = "" if form == "集团有限公司" and rng.random() < 0.6 else rng.choice(INDUSTRIES)
        trade_name = self.trade_names[int(len(self.trade_names) * rng.random() ** 1.5)]
        return Party(0, region, trade_name, industry, form, "", "")

    def with_history(self, party: Party) -> Party:
        rng = self.rng
        road, number = rng.choice(ROADS), rng.randint(1, 400)
        former = ""
        if not party.branch and rng.random() < 0.12:
            old = (
                replace(party, industry=rng.choice(INDUSTRIES))
                if rng.random() < 0.6
                else replace(party, form="厂")
            )
            former = old.name if old.name not in self.names else ""
            self.names.add(old.name)
        return replace(
            party,
            code=make_code(party.number),
            address=f"{REGIONS[party.region][0]}{road}{number}号",
            former=former,
            short=party.trade_name + party.industry[:2] if rng.random() < 0.1 else "",
        )

    # --- neighbours: other parties --------------------------------------------------------------

    def near_trade_name(self, party: Party) -> Party:
        """One character of the trade name differs: 恒立 and 恒力."""
        place = self.rng.randrange(len(party.trade_name))
        other = self.rng.choice("".join(self.trade_names))
        return replace(party, trade_name=party.trade_name[:place] + other + party.trade_name[place + 1 :])

    def longer_trade_name(self, party: Party) -> Party:
        """The trade name goes on: 恒立 and 恒立达."""
        return replace(party, trade_name=party.trade_name + self.rng.choice("达泰鑫新华盛"))

    def other_region(self, party: Party) -> Party:
        others = [region for region in REGIONS if region != party.region]
        return replace(party, region=self.rng.choice(others))

    def other_industry(self, party: Party) -> Party:
        return replace(party, industry=self.rng.choice(INDUSTRIES), form="有限公司")

    def province_level(self, party: Party) -> Party:
        return replace(party, region=("江苏", "江苏省") if party.region != ("江苏", "江苏省") else HOME)

    def as_group(self, party: Party) -> Party:
        return replace(party, form="集团有限公司")

    def as_branch(self, party: Party) -> Party:
        place = self.rng.choice(["武进", "溧阳", "上海", "第一", "南京", "新北"])
        return replace(party, branch=f"{place}分公司", former="", short="")


# --- the ways in which a name is written --------------------------------------------------------


def exact(party: Party, _rng: random.Random) -> str:
    """As the register has it."""
    return party.name


def other_marks(party: Party, rng: random.Random) -> str:
    """Full width, blanks, a full stop, other brackets."""
    text = party.name
    style = rng.choice(["()", "【】", "[]", "〔〕", "（）"])
    text = text.replace("（", style[0]).replace("）", style[1])
    place = rng.randrange(1, len(text))
    return rng.choice(
        [text[:place] + " " + text[place:], text + "。", "　" + text, text.replace("有限", "有限 ")]
    )


def region_in_brackets(party: Party, rng: random.Random) -> str:
    """伟业（常州）机械 for 常州伟业机械, in any brackets."""
    style = rng.choice(["（）", "()", "【】", "[]", "〔〕"])
    inside = style[0] + party.region[0] + style[1]
    if rng.random() < 0.5:
        return f"{party.trade_name}{inside}{party.industry}{party.form}{party.branch}"
    return f"{party.trade_name}{party.industry}{inside}{party.form}{party.branch}"


def region_otherwise(party: Party, rng: random.Random) -> str:
    """常州市 or 江苏常州 for 常州."""
    return party.name.replace(party.region[0], rng.choice(party.region[1:]), 1)


def region_left_out(party: Party, _rng: random.Random) -> str:
    """伟业机械有限公司 for 常州伟业机械有限公司."""
    return f"{party.trade_name}{party.industry}{party.form}{party.branch}"


def form_otherwise(party: Party, _rng: random.Random) -> str:
    """有限责任公司 for 有限公司; nothing else is the same form."""
    if party.form.endswith("有限责任公司"):
        return party.name.replace("有限责任公司", "有限公司")
    if party.form == "有限公司":
        return party.name.replace("有限公司", "有限责任公司")
    return party.name


def form_changed(party: Party, _rng: random.Random) -> str:
    """The company has become one limited by shares, or the list still has its old form."""
    changed = {"有限公司": "股份有限公司", "有限责任公司": "股份有限公司", "股份有限公司": "有限公司"}
    return party.name.replace(party.form, changed.get(party.form, party.form))


def form_left_out(party: Party, _rng: random.Random) -> str:
    """常州伟业机械 without 有限公司."""
    return f"{party.region[0]}{party.trade_name}{party.industry}"


def short_name(party: Party, _rng: random.Random) -> str:
    """The recorded short name, or trade name and industry."""
    return party.short or party.trade_name + party.industry


def former_name(party: Party, _rng: random.Random) -> str:
    """The former name, where there is one."""
    return party.former or party.name


def former_in_remark(party: Party, _rng: random.Random) -> str:
    """The name with （原…） after it."""
    return f"{party.name}（原{party.former}）" if party.former else party.name


def traditional(party: Party, _rng: random.Random) -> str:
    """In traditional characters."""
    return _TO_TRADITIONAL.convert(party.name)


def industry_otherwise(party: Party, rng: random.Random) -> str:
    """A word of the industry added or dropped."""
    industry = (
        party.industry[:-2]
        if len(party.industry) > 3
        else party.industry + rng.choice(["科技", "制造", "设备"])
    )
    return f"{party.region[0]}{party.trade_name}{industry}{party.form}{party.branch}"


def typing_error(party: Party, rng: random.Random) -> str:
    """One character of the trade name mistyped, doubled or lost."""
    place = rng.randrange(len(party.trade_name))
    other = rng.choice(["", party.trade_name[place] * 2, rng.choice("伟玮炜恒横盛胜达大新鑫力立利")])
    trade_name = party.trade_name[:place] + other + party.trade_name[place + 1 :]
    return party.name.replace(party.trade_name, trade_name or party.trade_name, 1)


KINDS: dict[Callable[[Party, random.Random], str], int] = {
    exact: 20,
    other_marks: 10,
    region_in_brackets: 8,
    region_otherwise: 9,
    region_left_out: 9,
    form_otherwise: 6,
    form_changed: 5,
    form_left_out: 5,
    short_name: 5,
    former_name: 6,
    former_in_remark: 2,
    traditional: 5,
    industry_otherwise: 5,
    typing_error: 5,
}


def write_set(folder: Path = FOLDER) -> None:
    """Write both lists of the judged set."""
    rng = random.Random(SEED)
    trade_names = (folder / "trade_names.txt").read_text(encoding="utf-8").split()
    rng.shuffle(trade_names)
    parties = World(rng, trade_names).fill()
    is_known = [rng.random() < 0.7 for _ in parties]
    _write_known(folder / "known.csv", [p for p, known in zip(parties, is_known, strict=True) if known], rng)
    _write_received(folder / "received.csv", parties, rng)


def _write_known(path: Path, parties: list[Party], rng: random.Random) -> None:
    columns = ["key", "party", "name", "code", "former_names", "short_names", "address"]
    rows = []
    for number, party in enumerate(rng.sample(parties, len(parties)), start=1):
        former = party.former if rng.random() < 0.7 else ""
        code = party.code if rng.random() < 0.85 else ""
        address = party.address if rng.random() < 0.8 else ""
        short = party.short if rng.random() < 0.7 else ""
        rows.append([f"K{number:04d}", party.number, party.name, code, former, short, address])
    _write(path, columns, rows)


def _write_received(path: Path, parties: list[Party], rng: random.Random) -> None:
    columns = ["key", "party", "kind", "name", "code", "address"]
    rows = []
    for number in range(1, RECEIVED + 1):
        party = rng.choice(parties)
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        name = kind(party, rng)
        named = "exact" if name == party.name else kind.__name__
        code = party.code if rng.random() < 0.5 else ""
        address = party.address if rng.random() < 0.6 else ""
        rows.append([f"R{number:04d}", party.number, named, name, code, address])
    _write(path, columns, rows)


def _write(path: Path, columns: list[str], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([columns, *rows])


if __name__ == "__main__":
    write_set()
