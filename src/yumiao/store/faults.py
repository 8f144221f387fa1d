"""What can go wrong with a store, in words for whoever has to put it right."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yumiao.model.problems import YumiaoError
from yumiao.model.text import Text

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}


def no_store(folder: Path) -> YumiaoError:
    """There is no store in a folder."""
    return YumiaoError(
        "store.none",
        Text(
            f"{folder} 不是数据仓文件夹（没有 store.json）；请检查路径，或先新建数据仓。",
            f"{folder} is no store (it has no store.json); check the path, or create a store first.",
        ),
    )


def store_exists(folder: Path) -> YumiaoError:
    """A store is to be created where something is already."""
    return YumiaoError(
        "store.exists",
        Text(
            f"{folder} 已有内容，不能在其中新建数据仓；请换一个空文件夹。",
            f"{folder} is not empty, so no store can be created in it; choose an empty folder.",
        ),
    )


def other_format(folder: Path, found: object, readable: int) -> YumiaoError:
    """The store was written in a layout that this version does not read."""
    return YumiaoError(
        "store.format",
        Text(
            f"{folder} 的格式号是 {found}，本版本只读格式 {readable}；请使用写成它的版本。",
            f"{folder} is in format {found}; this version reads format {readable}. Use the version that wrote it.",
        ),
    )


def damaged(path: Path, found: str, expected: str) -> YumiaoError:
    """A file is missing, cannot be read, or has another hash than recorded."""
    return YumiaoError(
        "store.damaged",
        Text(
            f"数据仓文件 {path} 已损坏（{found}；应为：{expected}）。其他文件不受影响；"
            "请从备份中恢复此文件，或撤销这一批后重新导入，并运行“yumiao store verify”查看全部情况。",
            f"The file {path} of the store is damaged ({found}; expected: {expected}). Nothing else is affected; "
            "put this file back from a backup, or revert its batch and import it again, and run "
            "'yumiao store verify' to see all that is damaged.",
        ),
    )


def write_fault(error: OSError, folder: Path) -> YumiaoError:
    """Say why nothing could be written; the store is as it was."""
    name = getattr(error, "filename", None) or folder
    if error.errno in _FULL:
        code = "store.disk_full"
        text = Text(
            f"磁盘空间不足，{name} 未能写入；数据仓保持原样，没有丢失任何内容。请腾出空间后重试。",
            f"The disk is full: {name} could not be written. The store is as it was and nothing is lost; "
            "free some space and try again.",
        )
    elif error.errno in _REFUSED:
        code = "store.read_only"
        text = Text(
            f"{name} 不可写；数据仓保持原样，仍可读取。请检查文件夹权限，或换到可写的磁盘。",
            f"{name} cannot be written to. The store is as it was and can still be read; check the folder's "
            "permissions, or use a disk that can be written to.",
        )
    else:
        code = "store.write"
        text = Text(
            f"写入 {name} 时出错（{error.strerror or error}）；数据仓保持原样。请检查磁盘后重试。",
            f"Writing {name} failed ({error.strerror or error}). The store is as it was; check the disk and try "
            "again.",
        )
    return YumiaoError(code, text)


def unsure_commit(error: OSError, folder: Path) -> YumiaoError:
    """The pointer moved, but the disk did not confirm it."""
    return YumiaoError(
        "store.commit_unsure",
        Text(
            f"{folder} 的新状态已经写成，但磁盘没有确认（{error.strerror or error}）；断电后可能回到原状态，"
            "两者都完整。请检查磁盘，重新打开后核对最后一批。",
            f"The new state of {folder} is in place, but the disk did not confirm it ({error.strerror or error}). "
            "After a power cut it may be the former state; either is whole. Check the disk, then open the store and "
            "look at the last batch.",
        ),
    )


@contextmanager
def writing_faults(folder: Path) -> Iterator[None]:
    """Turn what the system says about a failed write into a sentence."""
    try:
        yield
    except OSError as error:
        raise write_fault(error, folder) from error


def busy(folder: Path, who: str, since: str, waited: float) -> YumiaoError:
    """Another writer holds the lock."""
    return YumiaoError(
        "store.busy",
        Text(
            f"{folder} 正由 {who} 写入（自 {since} 起），等了 {waited:g} 秒仍未结束；读取不受影响，请稍后再写。",
            f"{folder} is being written by {who} (since {since}); it was not free after {waited:g} seconds. "
            "Reading is not affected; try to write again later.",
        ),
    )


def bad_moment(found: str) -> YumiaoError:
    """A text is no moment with an offset."""
    return YumiaoError(
        "store.moment",
        Text(
            f"“{found}”不是带时区的时刻，应如 2026-07-15T09:00:00+08:00",
            f"{found!r} is no moment with an offset such as 2026-07-15T09:00:00+08:00",
        ),
    )


def early_moment(found: str, last: str) -> YumiaoError:
    """A writer's moment is not later than what is recorded."""
    return YumiaoError(
        "store.too_early",
        Text(
            f"记录时刻 {found} 不晚于数据仓最后一次记录 {last}，没有写入；请检查本机时钟。",
            f"The moment {found} is not later than the last one recorded, {last}; nothing was written. "
            "Check this machine's clock.",
        ),
    )


def unknown_batch(name: str) -> YumiaoError:
    """There is no batch of that id."""
    return YumiaoError(
        "store.no_batch",
        Text(
            f"数据仓中没有批次 {name}；用“yumiao batches”查看全部批次。",
            f"The store has no batch {name}; 'yumiao batches' lists them all.",
        ),
    )


def bad_content(zh: str, en: str) -> YumiaoError:
    """The facts offered for a batch contradict themselves; said before anything is written."""
    return YumiaoError("store.content", Text(zh, en))


def bad_decision(zh: str, en: str) -> YumiaoError:
    """A decision that cannot be taken as things stand; said before anything is written."""
    return YumiaoError("store.decision", Text(zh, en))
