"""A list that arrives: read while it comes, sealed piece by piece, refused as soon as it is too large. Memory is flat.

The framework would read the whole form before it looks at the form token; here the token comes first and is looked at
before anything else is read.
"""

import hmac
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from anyio import to_thread
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.middleware.csrf import CSRF_SECRET_LENGTH, generate_csrf_hash
from litestar.utils.scope.state import ScopeState
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from incidents.base.errors import FieldError, IncidentError, InvalidInput
from incidents.base.i18n import msgid
from incidents.steps import uploads
from incidents.steps.uploads import MOST_BYTES, ListForm
from incidents.store.sealed_file import PIECE
from incidents.store.vault import Vault
from incidents.web.forms import Form
from incidents.web.security import cookie_name, csrf_config
from incidents.web.sessions import PageRequest, page_uow, settings_of
from notifications import sheets
from notifications.letters import vault_of

LARGEST_BODY = MOST_BYTES + 1_000_000
MOST_FIELDS, LONGEST_FIELD = 12, 4000
TOKEN = "_csrf_token"  # noqa: S105  the name of the field, not the token
TOO_LARGE = msgid("The file is larger than 64 MB. Split the list, or leave out the columns that are not needed.")
NO_FILE = msgid("Choose the file with the list.")
BROKEN_OFF = msgid("The file did not arrive whole. Please send it again.")
Answer = TypeVar("Answer")


class TooLarge(InvalidInput):
    """The file is larger than is taken."""

    status = 413
    code = "too-large"
    message = "The file is larger than 64 MB. Split the list, or leave out the columns that are not needed."


@dataclass
class _Intake:
    """What has arrived so far."""

    request: PageRequest
    incident_id: UUID
    read_form: Callable[[Form], ListForm]
    typed: dict[str, str] = field(default_factory=dict)
    list_id: UUID | None = None
    kind: str = ""
    size: int = 0
    _field: str = ""
    _buffer: bytearray = field(default_factory=bytearray)
    _number: int = 0
    _digest: Any = field(default_factory=sha256)

    @property
    def form(self) -> Form:
        return Form({name: [value] for name, value in self.typed.items()})

    @property
    def vault(self) -> Vault:
        return vault_of(settings_of(self.request))

    async def take(self, event: Any) -> None:
        """One event of the parser: a part begins, some of its bytes, a part ends."""
        if isinstance(event, MultipartSegment):
            await self._begins(event)
        elif event is None:
            self._field = ""
        elif self._field:
            self._more_text(bytes(event))
        elif self.list_id:
            await self._more_file(bytes(event))

    async def _begins(self, segment: MultipartSegment) -> None:
        if segment.filename is None:
            self._field = segment.name
            self.typed.setdefault(segment.name, "")
            return
        if not _token_fits(self.request, self.typed.get(TOKEN, "")):
            raise PermissionDeniedException("CSRF token verification failed")
        if segment.filename:
            announced = self.request.content_length or 0
            if announced > LARGEST_BODY:
                raise TooLarge([FieldError("file", "too-large", TOO_LARGE)])
            self.typed["file_name"] = segment.filename
            await self._in_thread(self._begin_list)

    def _more_text(self, piece: bytes) -> None:
        self.typed[self._field] = (self.typed[self._field] + piece.decode(errors="replace"))[:LONGEST_FIELD]

    async def _more_file(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > MOST_BYTES:
            raise TooLarge([FieldError("file", "too-large", TOO_LARGE)])
        self._buffer += piece
        while len(self._buffer) >= PIECE:
            full = bytes(self._buffer[:PIECE])
            del self._buffer[:PIECE]
            await self._in_thread(self._keep, full)

    async def finish(self) -> UUID:
        """The whole form has arrived."""
        if self.list_id is None:
            if not _token_fits(self.request, self.typed.get(TOKEN, "")):
                raise PermissionDeniedException("CSRF token verification failed")
            raise InvalidInput([FieldError("file", "required", NO_FILE)])
        if self._buffer:
            await self._in_thread(self._keep, bytes(self._buffer))
        if not self.size:
            raise InvalidInput([FieldError("file", "required", NO_FILE)])
        await self._in_thread(self._finish)
        return self.list_id

    async def give_up(self) -> None:
        """Nothing stays of what has arrived."""
        if self.list_id is not None:
            await self._in_thread(self._give_up)

    async def _in_thread(self, act: Callable[..., Answer], *values: object) -> Answer:
        return await to_thread.run_sync(partial(act, *values))

    def _begin_list(self) -> None:
        with page_uow(self.request) as uow:
            said = self.read_form(self.form)
            self.list_id = uploads.begin(uow, self.incident_id, said).id

    def _keep(self, plain: bytes) -> None:
        self.kind = self.kind or sheets.kind_of(plain)
        self._digest.update(plain)
        with page_uow(self.request) as uow:
            uploads.keep_piece(uow, self._known(), self._number, self.vault.close_piece(plain))
        self._number += 1

    def _finish(self) -> None:
        digest = self._digest.hexdigest()
        with page_uow(self.request) as uow:
            uploads.finish_upload(uow, self._known(), source=self.kind, size=self.size, sha256=digest)

    def _give_up(self) -> None:
        with page_uow(self.request) as uow:
            uploads.give_up(uow, self._known())

    def _known(self) -> UUID:
        assert self.list_id is not None  # noqa: S101  pieces come behind the beginning
        return self.list_id


@dataclass(frozen=True)
class Arrived:
    """A list that has arrived whole, or the form with the reason why not."""

    list_id: UUID | None
    form: Form


async def receive(request: PageRequest, incident_id: UUID, read_form: Callable[[Form], ListForm]) -> Arrived:
    """Take a list in; ``read_form`` reads what was said of it in the fields before the file.

    Raises:
        PermissionDeniedException: the form token is missing or old.
        IncidentError: not this person's to do.
    """
    intake = _Intake(request, incident_id, read_form)
    try:
        async with aclosing(_events(request)) as events:
            async for event in events:
                await intake.take(event)
        return Arrived(await intake.finish(), intake.form)
    except (InvalidInput, MultipartError) as error:
        refused = error if isinstance(error, IncidentError) else _broken_off()
        await intake.give_up()
        if refused.status not in {413, 422}:
            raise refused from error
        return Arrived(None, intake.form.refused(refused))
    except BaseException:
        await intake.give_up()
        raise
    finally:
        _remember_token(request)


def _broken_off() -> InvalidInput:
    return InvalidInput([FieldError("file", "broken-off", BROKEN_OFF)])


async def _events(request: PageRequest) -> AsyncGenerator[Any, None]:
    kind, options = request.content_type
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        raise _broken_off()
    with PushMultipartParser(boundary, max_segment_count=MOST_FIELDS, strict=True) as parser:
        async for chunk in _chunks(request):
            for event in parser.parse(chunk):
                yield event


async def _chunks(request: PageRequest) -> AsyncIterator[bytes]:
    """The body as it comes; the announced length is looked at by us, so that the fields before the file are known."""
    while True:
        message: Any = await request.receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(status_code=400)
        if message["body"]:
            yield message["body"]
        if not message.get("more_body", False):
            return


def _token_fits(request: PageRequest, token: str) -> bool:
    """Whether the form carries the token of the cookie, and we have made it."""
    settings = settings_of(request)
    cookie = request.cookies.get(cookie_name(settings, "csrf")) or ""
    made, signature = token[:CSRF_SECRET_LENGTH], token[CSRF_SECRET_LENGTH:]
    expected = generate_csrf_hash(made, csrf_config(settings).secret)
    return bool(token) and hmac.compare_digest(token, cookie) and hmac.compare_digest(signature, expected)


def _remember_token(request: PageRequest) -> None:
    """The page that answers needs the token for its forms; the middleware that puts it there was passed by."""
    cookie = request.cookies.get(cookie_name(settings_of(request), "csrf"))
    if cookie:
        ScopeState.from_scope(request.scope).csrf_token = cookie
