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
        zh: heading in Chinese; empty where it is one that was received, or of many kinds.
        en: heading in English; empty as well then.
        rows: selector of what the page lists.
        least: how many of them there are at least.
        status: what the server answers.
        quotes: selector of parts that quote what was received between words of the page's own.
    """

    name: str
    path: str
    role: str
    zh: str
    en: str
    rows: str
    least: int = 1
    status: int = 200
    quotes: str = ""


ROWS = "main tbody tr"
FORM = "main form"
CARDS = "main .card"
YEAR = ("2026 年度总览", "2026 overview of the year")
FIRM = "/enterprises/{firm}/"
MY = "/my/{firm}/"
INTAKE = "/imports/{intake}/"
CAMPAIGN = "/campaigns/{campaign}/"
CHAIN = "/chains/{chain}/"

PAGES = (
    Shown("sign-in", "/sign-in/", "", "育苗", "育苗", "form input:not([type=hidden])", 2),
    Shown("join", "/join/", "", "育苗", "育苗", "form input:not([type=hidden])"),
    # what officers see first
    Shown("overview", "/overview/", "officer", *YEAR, "svg.forest a", 5),
    Shown("overview-town", "/overview/", "town", *YEAR, "svg.forest a", 3),
    Shown("sources", "/overview/sources/", "officer", "来源报送", "Reporting sources", ROWS, 5),
    Shown("calls", "/overview/calls/", "officer", "电话名单", "Call list", ROWS, 5),
    Shown("brief", "/brief/", "officer", "月报", "Monthly brief", FORM),
    Shown("brief-print", "/brief/print/", "officer", "", "", ROWS, 5),
    # enterprises
    Shown("enterprises", "/enterprises/", "officer", "企业", "Enterprises", ROWS, 10),
    Shown("enterprises-policy", "/enterprises/?policy=hnte", "officer", "企业", "Enterprises", ROWS, 10),
    Shown(
        "enterprises-none",
        "/enterprises/?q=zzzz",
        "officer",
        "企业",
        "Enterprises",
        "main a[href='/enterprises/']",
    ),
    Shown("enterprise", FIRM, "officer", "", "", CARDS, 4),
    Shown("enterprise-town", "/enterprises/{hutang}/", "town", "", "", CARDS, 4),
    Shown("enterprise-questions", FIRM + "questions/", "officer", "先问这些", "Ask these first", "main li"),
    Shown(
        "enterprise-what-if",
        FIRM + "what-if/?policy=hnte",
        "officer",
        "如果……会怎样",
        "What if",
        "main form input",
        5,
    ),
    Shown("enterprise-plans", FIRM + "plans/?policy=hnte", "officer", "达标路径", "Ways to qualify", CARDS),
    Shown(
        "enterprise-facts",
        FIRM + "facts/",
        "officer",
        "事实与出处",
        "Facts and where they come from",
        ROWS,
        5,
    ),
    Shown("enterprise-fact", FIRM + "facts/staff_total@2025/", "officer", "", "", ROWS),
    Shown("enterprise-timeline", FIRM + "timeline/", "officer", "时间线", "Time line", "main li"),
    Shown("enterprise-notes", FIRM + "notes/", "officer", "记录", "Notes", "main article"),
    Shown("enterprise-attachments", FIRM + "attachments/", "officer", "附件", "Files", "main .file-item"),
    Shown("enterprise-remind", FIRM + "remind/?policy=hnte", "officer", "发提醒", "Send a reminder", FORM),
    Shown("enterprise-contacts", FIRM + "contacts/", "officer", "联系人", "Contacts", "main .file-item"),
    Shown("enterprise-chains", "/enterprises/{placed}/chains/", "officer", "产业链", "Chains", ROWS),
    # industrial chains
    Shown("chains", "/chains/", "officer", "产业链", "Chains", ROWS, 10),
    Shown("chain", CHAIN, "officer", "", "", "main .chain-link", 4),
    Shown("chain-empty", CHAIN + "?show=empty", "town", "", "", "main .chain-link"),
    Shown("chain-edit", CHAIN + "edit/", "officer", "修改产业链", "Change a chain", FORM, 2),
    Shown("chain-link", CHAIN + "links/{link}/", "officer", "修改环节", "Change a link", FORM, 2),
    Shown("chain-placements", CHAIN + "placements/", "officer", "归链名单", "Placements", ROWS, 5),
    Shown(
        "chain-suggestions",
        CHAIN + "suggested/",
        "officer",
        "按行业代码的建议",
        "Suggested by industry code",
        ROWS,
        2,
    ),
    Shown("chain-dismissals", CHAIN + "dismissed/", "officer", "不归入的建议", "Dismissed suggestions", ROWS),
    Shown("chain-act", "/chains/acts/{act}/", "officer", "这一批归链", "Placed at once", ROWS),
    Shown("chain-import", "/chains/import/", "officer", "导入归链名单", "Import placements", FORM),
    Shown(
        "codes-unknown",
        "/chains/unknown/",
        "officer",
        "行业代码未知的企业",
        "Enterprises without a known industry code",
        ROWS,
    ),
    # policies
    Shown("policies", "/policies/", "officer", "全部政策", "All policies", ROWS, 5),
    Shown(
        "policy", "/policies/hnte/", "officer", "高新技术企业", "High and new technology enterprise", CARDS, 4
    ),
    Shown(
        "policy-try",
        "/policies/hnte/?subject={firm}#try",
        "officer",
        "高新技术企业",
        "High and new technology enterprise",
        "#try-answer .tried-clause",
        5,
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
    # files on their way in
    Shown("imports", "/imports/", "officer", "导入", "Import", ROWS),
    Shown("import-new", "/imports/new/", "officer", "上传文件", "Upload files", "main input[type=file]"),
    Shown("import", INTAKE, "officer", "税务台账.csv", "税务台账.csv", CARDS, 2),
    Shown("import-columns", INTAKE + "columns/{file}/", "officer", "", "", "main select"),
    Shown("import-problems", INTAKE + "problems/", "officer", "", "", CARDS),
    Shown(
        "import-corrections", INTAKE + "corrections/", "officer", "已处理的行错误", "Rows dealt with", CARDS
    ),
    Shown("import-pairs", INTAKE + "pairs/", "officer", "", "", CARDS),
    Shown("import-changes", INTAKE + "changes/", "officer", "", "", CARDS),
    Shown("batches", "/imports/batches/", "officer", "批次", "Batches", ROWS, 5),
    Shown("batch", "/imports/batches/{batch}/", "officer", "", "", CARDS),
    Shown("queue", "/imports/queue/", "officer", "待辨认", "To tell apart", "main form", 2, quotes="main p"),
    Shown(
        "decisions",
        "/imports/queue/decisions/",
        "officer",
        "已作的决定",
        "Decisions made",
        CARDS,
        quotes="td form",
    ),
    Shown(
        "accept-sure",
        "/imports/queue/accept/",
        "officer",
        "一次认定为同一家",
        "Accept as one at once",
        "main a",
    ),
    Shown("split", "/imports/split/{firm}/", "officer", "拆分", "Split", CARDS),
    Shown("conflicts", "/imports/conflicts/", "officer", "来源不一致", "Sources disagree", ROWS, 3),
    Shown("job", "/jobs/{job}/", "officer", "", "", CARDS),
    # campaigns, proposals, codes
    Shown("campaigns", "/campaigns/", "officer", "征集", "Campaigns", ROWS),
    Shown("campaign", CAMPAIGN, "officer", "高企摸底", "高企摸底", ROWS, 5),
    Shown("campaign-questions", CAMPAIGN + "questions/", "officer", "挑选问题", "Pick questions", ROWS),
    Shown("campaign-firm", CAMPAIGN + "firms/{asked}/", "officer", "", "", CARDS),
    Shown("proposals", "/proposals/", "officer", "企业填报", "Proposed by firms", ROWS),
    Shown("proposal", "/proposals/{proposal}/", "officer", "", "", CARDS),
    Shown("codes", "/codes/", "officer", "开户码", "Codes", ROWS),
    Shown("codes-issue", "/codes/issue/{other}/", "officer", "发开户码", "Give out a code", FORM),
    # the enterprise
    Shown("my", MY, "enterprise", "", "", CARDS),
    Shown("my-questions", MY + "questions/", "enterprise", "问题", "Questions", FORM),
    Shown("my-facts", MY + "facts/", "enterprise", "资料", "Facts", ROWS, 3),
    Shown("my-fact", MY + "facts/staff_total@2024/", "enterprise", "", "", FORM),
    Shown("my-drafts", MY + "drafts/", "enterprise", "草稿", "Drafts", CARDS),
    Shown("my-proposals", MY + "proposals/", "enterprise", "我们的填报", "What we proposed", CARDS),
    Shown("my-people", MY + "people/", "enterprise", "本企业的人", "People of the firm", CARDS),
    # indicators
    Shown("indicators", "/indicators/", "officer", "指标", "Indicators", ROWS, 5),
    Shown("indicator", "/indicators/HT_VALID/", "officer", "", "", CARDS, 3),
    Shown(
        "indicator-value",
        "/indicators/values/add/",
        "officer",
        "登记数值",
        "Enter a value",
        "main form input",
        4,
    ),
    # everybody, and administrators
    Shown("me", "/me/", "officer", "", "", CARDS),
    Shown("people", "/admin/people/", "system", "", "", ROWS, 5),
    Shown("person-new", "/admin/people/new/", "system", "", "", FORM),
    Shown("divisions", "/admin/divisions/", "system", "区划表", "Divisions", FORM, 2),
    Shown("calendar", "/admin/calendar/", "system", "工作日历", "Working calendar", FORM, 2),
    Shown("retention", "/admin/retention/", "security", "保管期限", "Retention", ROWS, 3),
    Shown("retention-kind", "/admin/retention/notes/", "security", "", "", "main h1"),
    Shown("tokens", "/admin/tokens/", "security", "", "", CARDS),
    Shown("messages", "/messages/", "officer", "消息", "Messages", "main li, main tbody tr"),
    Shown("journal", "/journal/", "audit", "留痕", "Journal", ROWS, 5),
    Shown("home-system", "/", "system", "", "", "header"),
    Shown("not-found", "/none/", "officer", "没有这一页", "No such page", "main a", status=404),
    Shown("refused", "/journal/", "officer", "没有权限", "Not permitted", "main a", status=403),
)
