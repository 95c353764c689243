"""The thread with the authority as lines of the register: each filing with its hashes, and every file that is kept."""

from incidents.base.hungarian import format_table_datetime
from incidents.rules.draft.words import Texts
from incidents.rules.form import mark
from incidents.steps.cases import Case
from incidents.store.tables import Evidence, Filing


def thread_lines(case: Case, texts: Texts) -> str:
    """What was sent, version by version, with the hash of its content and of its sheet, and who signed it off."""
    return "\n".join(_filing(case, one, texts) for one in case.filings)


def file_lines(case: Case, texts: Texts) -> str:
    """Every file of the case with its hash: receipts, orders of the authority, answers, other proof."""
    return "\n".join(_file(one, texts) for one in case.files)


def _filing(case: Case, one: Filing, texts: Texts) -> str:
    kind = mark("withdrawn" if one.kind == "withdrawal" else one.kind, "kinds").in_language(texts.lang)
    completeness = mark("complete" if one.complete else "incomplete", "kinds").in_language(texts.lang)
    head = kind if one.kind == "withdrawal" else f"{kind}, {completeness}"
    when = format_table_datetime(one.filed_at, texts.lang, one.filed_zone)
    parts = [texts.say("thread_sent", number=str(one.version), what=head, when=when, name=one.filed_by)]
    return "; ".join([*parts, *_content(case, one, texts), *_identifier(case, one, texts)])


def _content(case: Case, filing: Filing, texts: Texts) -> list[str]:
    kept = next((one for one in case.contents if one.filing_id == filing.id), None)
    if kept is None:
        return []
    signed = next((one for one in case.signed if one.id == kept.sign_off_id), None)
    found = [texts.say("thread_content", sha256=kept.fingerprint)]
    if kept.sheet_sha256:
        found.append(texts.say("thread_sheet", sha256=kept.sheet_sha256))
    if signed:
        said = "thread_signed" if signed.sentence else "thread_signed_plain"
        found.append(texts.say(said, name=signed.answered_by, sentence=signed.sentence))
    elif kept.unsigned_because:
        found.append(texts.say("thread_unsigned", reason=kept.unsigned_because))
    return found


def _identifier(case: Case, filing: Filing, texts: Texts) -> list[str]:
    later = [one.authority_identifier for one in case.receipts if one.filing_id == filing.id]
    named = dict.fromkeys(one for one in (filing.authority_identifier, *later) if one)
    return [texts.say("thread_identifier", text=one) for one in named]


def _file(one: Evidence, texts: Texts) -> str:
    when = format_table_datetime(one.added_at, texts.lang)
    return texts.say("thread_file", name=one.name, when=when, sha256=one.sha256)
