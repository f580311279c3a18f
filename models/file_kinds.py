"""What a file is, by the first bytes of its content: the kinds a desk keeps.

A short list of what is let in, not a way to name every file: whatever is not on it is
refused, web pages and programs first of all.
"""

PNG = "image/png"
PICTURES = frozenset({"image/jpeg", PNG, "image/gif", "image/webp"})
"""What every browser shows as a picture and nothing else."""

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"OggS", "audio/ogg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_PARTS: tuple[tuple[bytes, str], ...] = (
    (b"word/", _OFFICE + "wordprocessingml.document"),
    (b"xl/", _OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", _OFFICE + "presentationml.presentation"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_HEIC = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"hevc"})


def content_type(head: bytes, *, whole: bool) -> str | None:
    """Return the media type of a content, or None if it is not to be kept.

    Args:
        head: Its first bytes, up to a mebibyte.
        whole: Whether that is all of it.
    """
    for start, kind in _STARTS:
        if head.startswith(start) and (kind != "image/bmp" or _is_bitmap(head)):
            return kind
    for judge in (_container, _zip):
        if kind_found := judge(head):
            return kind_found
    return "text/plain" if whole and _is_text(head) else None


def _is_bitmap(head: bytes) -> bool:
    """Two letters are little to go by: the four reserved bytes must be zero too."""
    return head[6:10] == bytes(4)


def _container(head: bytes) -> str | None:
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        if head[8:12] in _HEIC:
            return "image/heic"
        return "audio/mp4" if head[8:12] == b"M4A " else "video/mp4"
    return None


def _zip(head: bytes) -> str | None:
    """Return the kind of an office document; other archives are not kept."""
    if head[:4] != b"PK\x03\x04" or b"[Content_Types].xml" not in head:
        return None
    return next((kind for part, kind in _PARTS if part in head), None)


def _is_text(head: bytes) -> bool:
    """Whether it reads as text in UTF-8 or GB 18030 and is no page or script."""
    if b"\0" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"#!")):
        return False
    return any(_decodes(head, name) for name in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError:
        return False
    return all(sign.isprintable() or sign in "\r\n\t\f\ufeff" for sign in text)
