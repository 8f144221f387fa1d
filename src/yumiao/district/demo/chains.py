"""What a demo district shows of industrial chains: the published list, and two chains that are made up and say so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import actor_of
from yumiao.district.chain_firms.suggesting import suggested_for
from yumiao.district.chains.dismissing import NewDismissal, dismiss_suggestions
from yumiao.district.chains.fields import ChainEntry, LinkEntry, PlacementEntry
from yumiao.district.chains.kinds import Level, Position, Sureness, Way
from yumiao.district.chains.models import Placement
from yumiao.district.chains.placing import NewPlacement, end_placement, place_subjects
from yumiao.district.chains.selectors import chain_named
from yumiao.district.chains.services import add_chain, add_link, add_published, published_lists
from yumiao.district.demo.seed_context import SeedContext
from yumiao.district.registry.selectors import projection

_DOCUMENT = "演示编造，没有任何单位发布过"
_PLACED = 5
"""So many of the firms that a link's code suggests are placed at most; the others stay suggestions."""


_LEFT = 2
"""So many suggestions of a link stay open at least; of more, one is dismissed."""


@dataclass(frozen=True)
class _Node:
    """A link that is made up; without codes nobody is suggested for it."""

    name: str
    position: Position
    codes: tuple[str, ...] = ()
    products: str = ""


_UP, _MID, _DOWN = Position
_CHAINS = {
    ("演示：机器人", "Demonstration: robots"): (
        _Node("精密传动", _UP, ("3453",), "减速器、丝杠"),
        _Node("伺服与控制", _UP, (), "电机、控制器"),
        _Node("机器人部件", _MID, ("349",), "关节、手爪"),
        _Node("整机", _MID, (), "协作机器人"),
        _Node("智能农机", _DOWN, ("3571",), "采摘、植保"),
        _Node("系统集成", _DOWN, (), "产线改造"),
    ),
    ("演示：新能源", "Demonstration: new energy"): (
        _Node("石墨烯材料", _UP, ("3091",), "导电剂"),
        _Node("碳纤维材料", _UP, ("2829",), "轻量化件"),
        _Node("储能装备", _MID, ("384",), "电芯、电池包"),
        _Node("新能源汽车部件", _DOWN, ("3670",), "电驱、热管理"),
    ),
}


def seed_chains(context: SeedContext) -> None:
    """Add the published list and two chains that are made up, and place some of the firms whose code fits."""
    officer = context.people["officer"]
    for name in published_lists():
        add_published(name, by=officer, now=context.now)
    made = [_make(context, *names, nodes) for names, nodes in _CHAINS.items()]
    for chain in made:
        _place(context, chain)
    last = Placement.objects.order_by("link__name", "subject").first()
    if last is not None:
        today = context.as_of
        end_placement(last.id, on=today, why="演示：已转产", by=officer, now=context.now, today=today)


def _make(context: SeedContext, name: str, english: str, nodes: tuple[_Node, ...]) -> str:
    officer, now = context.people["officer"], context.now
    since = dt.date(context.as_of.year, 1, 1)
    entry = ChainEntry(
        name,
        english,
        Level.DISTRICT,
        "320412",
        _DOCUMENT,
        "",
        Sureness.INVENTED,
        since,
        None,
        "环节、代码和归链的企业都是编的",
    )
    chain = add_chain(entry, by=officer, now=now)
    for place, node in enumerate(nodes, 1):
        link = LinkEntry(node.name, node.position, node.products, node.codes, place)
        add_link(chain, link, by=officer, now=now)
    return chain


def _place(context: SeedContext, chain: str) -> None:
    """Confirm some suggestions of each link, as an officer would."""
    officer = Person.objects.get(id=context.people["officer"])
    found, built = chain_named(chain), projection()
    if found is None or built is None:
        return
    for link in found.links:
        suggested = suggested_for(actor_of(officer), built, [link], {})
        entry = PlacementEntry("", None, "演示：按行业代码建议，经办确认")
        chosen = suggested[: min(_PLACED, len(suggested) - 1)] if suggested else []
        rows = [NewPlacement(each.subject, link.id, entry) for each in chosen]
        if rows:
            place_subjects(rows, way=Way.CONFIRMED, by=officer.id, now=context.now)
        if len(suggested) > len(chosen) + _LEFT:
            row = NewDismissal(suggested[-1].subject, link.id, suggested[-1].code)
            dismiss_suggestions([row], why="演示：只做销售，不在这个环节", by=officer.id, now=context.now)
