"""Every page of the site, one line each: who sees it, what heads it, what it has to hold. New pages are added here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """A page.

    Attributes:
        name: file name of its pictures.
        path: address; ``{name}`` stands for an id of the site.
        role: login of who sees it; empty for someone who has not signed in.
        zh: heading in Chinese; a heading that is a received name is the same in both.
        en: heading in English.
        rows: selector of what the page lists.
        least: how many of them there are at least.
        status: what the server answers.
    """

    name: str
    path: str
    role: str
    zh: str
    en: str
    rows: str
    least: int = 1
    status: int = 200


HENGZHOU = "常州衡舟精密传动有限公司"

PAGES = (
    Shown("sign-in", "/sign-in/", "", "育苗", "育苗", "form input:not([type=hidden])", 2),
    Shown(
        "overview", "/overview/", "officer", "2026 年度总览", "2026 overview of the year", "svg.forest a", 5
    ),
    Shown(
        "overview-town", "/overview/", "town", "2026 年度总览", "2026 overview of the year", "svg.forest a", 5
    ),
    Shown("enterprises", "/enterprises/", "officer", "企业", "Enterprises", "main tbody tr", 10),
    Shown(
        "enterprises-policy",
        "/enterprises/?policy=hnte",
        "officer",
        "企业",
        "Enterprises",
        "main tbody tr",
        10,
    ),
    Shown(
        "enterprises-none",
        "/enterprises/?q=zzzz",
        "officer",
        "企业",
        "Enterprises",
        "main a[href='/enterprises/']",
    ),
    Shown("enterprise", "/enterprises/{hengzhou}/", "officer", HENGZHOU, HENGZHOU, "tr[class^=vrow-]", 3),
    Shown(
        "enterprise-own", "/enterprises/{hengzhou}/", "enterprise", HENGZHOU, HENGZHOU, "tr[class^=vrow-]", 3
    ),
    Shown("policies", "/policies/", "officer", "全部政策", "All policies", "main tbody tr", 5),
    Shown(
        "policy",
        "/policies/hnte/",
        "officer",
        "高新技术企业",
        "High and new technology enterprise",
        "main section.card",
        4,
    ),
    Shown(
        "policy-try", "/policies/hnte/try/", "officer", "测一测", "Try it", "form input:not([type=hidden])", 5
    ),
    Shown(
        "policy-compare",
        "/policies/srdi_sme/compare/",
        "officer",
        "比较版本",
        "Compare versions",
        "main form select",
        2,
    ),
    Shown("messages", "/messages/", "officer", "消息", "Messages", "main li, main tbody tr", 1),
    Shown("journal", "/journal/", "audit", "留痕", "Journal", "main tbody tr", 5),
    Shown("home-system", "/", "system", "系统管理员 甲", "系统管理员 甲", "header"),
    Shown("not-found", "/none/", "officer", "没有这一页", "No such page", "main a", 1, status=404),
    Shown("refused", "/journal/", "officer", "没有权限", "Not permitted", "main a", 1, status=403),
)
