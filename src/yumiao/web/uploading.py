"""Files on their way through the door: one that is larger than may be uploaded is not read to its end."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from yumiao.district.intakes.files import MOST_BYTES, TOO_LARGE

MOST_TOTAL = 4 * MOST_BYTES
"""The most that the files of one request have together."""


class SizeLimit(FileUploadHandler):
    """Passes files on to the next handler until one grows too large; that one is left out and named."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.received = 0
        self.total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin to count."""
        self.received = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's shape
        """Count and pass on."""
        self.received += len(raw_data)
        self.total += len(raw_data)
        if self.received > MOST_BYTES or self.total > MOST_TOTAL:
            names = getattr(self.request, TOO_LARGE, [])
            setattr(self.request, TOO_LARGE, [*names, str(self.file_name)])
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 - Django's shape
        """Leave keeping the file to the next handler."""
        return
