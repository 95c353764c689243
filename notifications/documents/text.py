"""A letter as plain text: for the body of a mail, a form field of an authority, a screen reader."""

from collections.abc import Iterator

from notifications.documents.blocks import Block, Bullets, Flow, Heading, Pairs, Paragraph, Table, parse, plain


def write(html: str) -> str:
    """The letter as plain text: blocks apart by an empty line, lines not wrapped."""
    return "\n\n".join("\n".join(_lines(block)) for block in parse(html)) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, spans):
            yield plain(spans)
            yield "=-~"[level - 1] * len(plain(spans))
        case Pairs(rows):
            for label, answer in rows:
                yield from _pair(plain(label), answer)
        case Table(header, rows):
            for row in (header, *rows):
                yield "\t".join(plain(cell).replace("\n", " ") for cell in row)
        case Paragraph() | Bullets():
            yield from _flow_lines(block)


def _flow_lines(flow: Flow) -> Iterator[str]:
    match flow:
        case Paragraph(spans):
            yield plain(spans)
        case Bullets(items, ordered):
            for number, item in enumerate(items, 1):
                yield f"{f'{number}.' if ordered else '-'} {plain(item)}"


def _pair(label: str, answer: tuple[Flow, ...]) -> Iterator[str]:
    lines = [line for flow in answer for line in _flow_lines(flow)]
    if len(lines) == 1:
        yield f"{label}: {lines[0]}"
    else:
        yield f"{label}:"
        yield from (f"  {line}" for line in lines)
