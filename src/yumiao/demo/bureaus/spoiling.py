"""What real files have and should not: holes, mistyped names and codes, rows twice, words where numbers belong."""

from __future__ import annotations

from random import Random

from yumiao.demo.bureaus.sheets import HOLES, Cell

_LOOKALIKES = dict(
    zip(
        "禾芽苗榆槐桑柏桐杉枫岫砺溪屿汀衡澜渚泽岚荀薇蔚梓棠藜磬璟昀晟",
        "和牙描渝魁嗓伯铜衫峰袖励奚与丁恒兰诸择兰旬微慰辛堂黎罄景韵盛",
        strict=True,
    )
)
"""Characters that are easily typed for another."""


def perhaps(random: Random, value: object, chance: float) -> Cell:
    """Return a value as a cell, or, by chance, a hole."""
    if random.random() < chance:
        return random.choice(HOLES)
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, int | float | str) else str(value)


def mistype_name(random: Random, name: str) -> str:
    """Type one character of a name wrongly, drop its region, or write it in a short form."""
    wrong = [place for place, character in enumerate(name) if character in _LOOKALIKES]
    if wrong and random.random() < 0.35:
        place = random.choice(wrong)
        return name[:place] + _LOOKALIKES[name[place]] + name[place + 1 :]
    if random.random() < 0.3:
        return name.removesuffix("有限公司").removesuffix("股份")
    for region in ("常州市武进", "常州", "江苏"):
        if name.startswith(region):
            return name.removeprefix(region)
    return name


def mistype_code(random: Random, code: str) -> str:
    """Type one digit of a code wrongly: its check character no longer fits."""
    place = random.randrange(2, 8)
    return code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]


def spoil_rows(random: Random, rows: list[list[Cell]], code_at: int, numbers_from: int) -> None:
    """Put into a table what someone left there: words for numbers, mistyped codes, a row twice."""
    if len(rows) < 20:
        return
    share = max(1, len(rows) // 900)
    for row in random.sample(rows, k=share * 2):
        places = [at for at in range(numbers_from, len(row)) if not isinstance(row[at], str)]
        if places:
            row[random.choice(places)] = random.choice(("见附件", "约120", "待核实", "#REF!"))
    for row in random.sample(rows, k=share):
        code = row[code_at]
        if isinstance(code, str) and len(code) == 18 and code.isascii():
            row[code_at] = mistype_code(random, code)
    rows += [list(row) for row in random.sample(rows, k=share)]
