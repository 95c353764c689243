"""A letter as plain text: for the body of a mail, a form field of an authority, a screen reader."""

from collections.abc import Iterator

from notifications.documents.blocks import Block, Bullets, Cell, Flow, Heading, Pairs, Paragraph, Table, parse, plain


def write(html: str) -> str:
    """The letter as plain text: blocks apart by an empty line, lines not wrapped."""
    return "\n\n".join("\n".join(_lines(block)) for block in parse(html)) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, spans):
            yield plain(spans)
            yield "=-~"[level - 1] * len(plain(spans))
        case Pairs(rows):
            yield from (f"{plain(label)}: {plain(answer)}" for label, answer in rows)
        case Table(_, rows):
            for label, *answers in rows:
                yield from _row(" ".join(_cell_lines(label)), [line for cell in answers for line in _cell_lines(cell)])
        case Paragraph() | Bullets():
            yield from _flow_lines(block)


def _flow_lines(flow: Flow) -> Iterator[str]:
    match flow:
        case Paragraph(spans):
            yield plain(spans)
        case Bullets(items, ordered):
            for number, item in enumerate(items, 1):
                yield f"{f'{number}.' if ordered else '-'} {plain(item)}"


def _cell_lines(cell: Cell) -> list[str]:
    return [line for flow in cell for line in _flow_lines(flow)]


def _row(label: str, answer: list[str]) -> Iterator[str]:
    """A row of a table: what stands in the first column names the rest."""
    if len(answer) == 1:
        yield f"{label}{'' if label.endswith('.') else ':'} {answer[0]}"
    else:
        yield f"{label}:"
        yield from (f"  {line}" for line in answer)
