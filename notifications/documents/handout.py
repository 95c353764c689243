"""A handed-out register as one ZIP: PDF, XLSX, files, what was checked, and the SHA-256 of every file."""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC
from hashlib import sha256
from typing import Any

from incidents.base.hungarian import format_datetime, format_number
from incidents.rules.draft.words import Texts
from incidents.rules.register_redaction import Redaction, kinds, law
from incidents.steps.handout import Checked, Handout, KeptFile
from notifications.documents import pdf, registerbook, xlsx
from notifications.documents.meta import DocumentMeta, printable
from notifications.documents.register import Notes, Rows

MANIFEST, SUMS, VERIFICATION = "manifest.json", "SHA256SUMS", "verification.json"
LONGEST_NAME = 80


def write(handout: Handout, lang: str) -> bytes:
    """The package. The same handout makes the same bytes."""
    texts = Texts("handout", handout.made_at.date(), lang)
    parts = dict(_parts(handout, texts))
    hashes = {name: sha256(content).hexdigest() for name, content in parts.items()}
    parts[MANIFEST] = _json(_manifest(handout, parts, hashes, texts))
    hashes[MANIFEST] = sha256(parts[MANIFEST]).hexdigest()
    parts[SUMS] = "".join(f"{one}  {name}\n" for name, one in hashes.items()).encode()
    return _packed(parts, handout)


def _packed(parts: Mapping[str, bytes], handout: Handout) -> bytes:
    packed, made = io.BytesIO(), handout.made_at.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, made), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _parts(handout: Handout, texts: Texts) -> Iterator[tuple[str, bytes]]:
    """Every file but the manifest: name and content. Table and print are blacked out alike."""
    lang, name = texts.lang, texts.say("register")
    redaction = Redaction(handout.names, lang)
    lines: Rows = registerbook.book(handout.cases, lang)
    if handout.wanted.redacted:
        lines = [{**redaction.row(line), "files": _files_line(line, lang)} for line in lines]
    notes = [*_notes(handout, redaction, texts), *_proofs(handout, lang)]
    yield f"{name}.pdf", pdf.write_register(lines, registerbook.columns(lang, short=True), _meta(handout, lang), notes)
    yield (
        f"{name}.xlsx",
        xlsx.write_register(
            lines,
            registerbook.columns(lang),
            lang,
            title=registerbook.title(lang),
            created_at=handout.made_at,
            notes=notes,
        ),
    )
    yield texts.say("readme"), _readme(notes, texts)
    yield VERIFICATION, _json([_checked(one) for one in handout.checked])
    for number, file in enumerate(handout.files, 1):
        if file.content is not None:
            yield _path(file, number, texts), file.content


def _files_line(line: Mapping[str, Any], lang: str) -> str:
    """The files of a case with their hashes; a name of a file may name a person."""
    hidden = str(law()["phrases"]["file_name"][lang])
    return "\n".join(re.sub(r"^.*?(?=, \d{4})", hidden, one) for one in str(line.get("files") or "").splitlines())


def _meta(handout: Handout, lang: str) -> DocumentMeta:
    names = ", ".join(one.controller for one in handout.checked)
    return DocumentMeta(registerbook.title(lang), lang, "", "", "", handout.made_at, letterhead=names)


def _notes(handout: Handout, redaction: Redaction, texts: Texts) -> Iterator[tuple[str, str]]:
    """What the package shows and what it does not, in words."""
    period, lang = handout.wanted.period, texts.lang
    yield texts.say("controllers"), ", ".join(one.controller for one in handout.checked)
    yield texts.say("period"), texts.say("days", first=_day(period.first, lang), last=_day(period.last, lang))
    yield texts.say("as_of"), format_datetime(handout.at, lang)
    number = format_number(handout.later, lang)
    yield texts.say("later"), texts.say("later_some", number=number) if handout.later else texts.say("later_none")
    yield texts.say("today"), texts.say("today_profile")
    made_by = handout.made_by if not handout.wanted.redacted else redaction.text(handout.made_by)
    yield texts.say("made"), texts.say("made_by", when=format_datetime(handout.made_at, lang), name=made_by)
    yield from _hidden(handout, redaction, texts)
    for one in handout.checked:
        yield texts.say("chain"), _chain(one, texts)
    yield texts.say("how"), texts.say("how_to")


def _day(day: Any, lang: str) -> str:
    return f"{day:%Y.%m.%d.}" if lang == "hu" else str(day.isoformat())


def _hidden(handout: Handout, redaction: Redaction, texts: Texts) -> Iterator[tuple[str, str]]:
    """The list of what is hidden, with the reason and in how many places."""
    if not handout.wanted.redacted:
        yield texts.say("redaction"), texts.say("redaction_none")
        return
    for kind, name, reason in kinds(texts.lang):
        number = format_number(redaction.hidden[kind], texts.lang)
        yield texts.say("redaction"), texts.say("hidden", what=name, reason=reason, number=number)
    for phrase in ("files_left_out", "free_text"):
        yield texts.say("redaction"), str(law()["phrases"][phrase][texts.lang])


def _chain(one: Checked, texts: Texts) -> str:
    if one.breaks:
        return texts.say("chain_broken", name=one.controller, number=str(len(one.breaks)))
    return texts.say("chain_whole", name=one.controller, seq=format_number(one.head.seq, texts.lang))


def _proofs(handout: Handout, lang: str) -> Iterator[tuple[str, str]]:
    for one in handout.checked:
        yield from registerbook.proof(one.head, lang)


def _readme(notes: Notes, texts: Texts) -> bytes:
    lines = [texts.say("title"), "", *(f"{label}: {said}" for label, said in notes)]
    return "\r\n".join(printable(line) for line in lines).encode() + b"\r\n"


def _checked(one: Checked) -> dict[str, Any]:
    """What the check of one event log has found."""
    breaks = [asdict(found) for found in one.breaks]
    return {"controller": one.controller, "intact": not breaks, "breaks": breaks, "head": asdict(one.head)}


def _manifest(handout: Handout, parts: Mapping[str, bytes], hashes: Mapping[str, str], texts: Texts) -> dict[str, Any]:
    """What is in the package and what was left out, for programs."""
    period = handout.wanted.period
    packed = {_path(file, number, texts): file for number, file in enumerate(handout.files, 1)}
    return {
        "controllers": [one.controller for one in handout.checked],
        "period": {"first": period.first.isoformat(), "last": period.last.isoformat()},
        "as_of": handout.at.isoformat(),
        "made_at": handout.made_at.isoformat(),
        "cases": len(handout.cases),
        "later_records_not_shown": handout.later,
        "redacted": handout.wanted.redacted,
        "log_intact": all(not one.breaks for one in handout.checked),
        "files": [{"name": name, "size": len(parts[name]), "sha256": one} for name, one in hashes.items()],
        "kept": [
            {
                "case": file.reference,
                "kind": file.kind,
                "size": file.size,
                "sha256": file.sha256,
                "name": path if file.content is not None else None,
            }
            for path, file in packed.items()
        ],
    }


def _path(file: KeptFile, number: int, texts: Texts) -> str:
    """Where a file stands in the package: no name of anybody's making can lead out of it."""
    folder = re.sub(r"[^\w-]", "-", file.reference)
    name = re.sub(r"[^\w.-]", "-", file.name).lstrip(".")[-LONGEST_NAME:]
    return f"{texts.say('files')}/{folder}/{number:03}-{file.kind}-{name}"


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
