"""What people are to the platform."""

from __future__ import annotations

from enum import StrEnum

from yumiao.model.text import Text


class Role(StrEnum):
    """One role per person; administrators' roles are apart, and none of them sees enterprises."""

    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    OFFICER = "officer"
    TOWN = "town"
    ENTERPRISE = "enterprise"
    EXPERT = "expert"

    @property
    def label(self) -> Text:
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.SYSTEM_ADMIN: Text("系统管理员", "system administrator"),
    Role.SECURITY_ADMIN: Text("安全管理员", "security administrator"),
    Role.AUDIT_ADMIN: Text("审计管理员", "audit administrator"),
    Role.OFFICER: Text("区级经办", "officer"),
    Role.TOWN: Text("镇级经办", "town officer"),
    Role.ENTERPRISE: Text("企业", "enterprise"),
    Role.EXPERT: Text("专家", "expert"),
}


class Post(StrEnum):
    """What a person may do for a firm: manage its people, answer for it, or only read."""

    MANAGER = "manager"
    EDITOR = "editor"
    READER = "reader"

    @property
    def label(self) -> Text:
        return POST_LABELS[self]


POST_LABELS = {
    Post.MANAGER: Text("主账号", "manager"),
    Post.EDITOR: Text("填报", "editor"),
    Post.READER: Text("只看", "reader"),
}

PLACED = frozenset({Role.OFFICER, Role.TOWN})
"""Roles that see the subjects of their places."""
