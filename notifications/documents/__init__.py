"""Documents from one wording: a template makes HTML, and page, DOCX, PDF and plain text are made from that HTML."""

from notifications.documents.meta import DocumentMeta

__all__ = ["DocumentMeta"]
