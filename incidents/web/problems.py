"""Errors to people and programs: a page that says the way out, or an RFC 9457 body under /api. Nothing leaks."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.types import ExceptionHandlersMap

from incidents.base import logs
from incidents.base.errors import IncidentError, InvalidInput, Unauthenticated
from incidents.base.i18n import Translator, msgid, translator
from incidents.web.kept import kept_page
from incidents.web.limits import UnknownHost
from incidents.web.rendering import page, see_other, words
from incidents.web.requestlog import request_id
from incidents.web.security import cookie_name
from incidents.web.sessions import login_address, settings_of

PROBLEM_JSON = "application/problem+json"
log = logs.logger("incidents.web")
AnyRequest = Request[Any, Any, Any]

TITLES = {
    400: msgid("The request cannot be understood"),
    401: msgid("Please sign in"),
    403: msgid("You may not do this"),
    404: msgid("There is no such page"),
    405: msgid("This is not possible here"),
    408: msgid("It did not arrive in time"),
    409: msgid("Something has changed in the meantime"),
    413: msgid("Too much was sent at once"),
    422: msgid("Something needs correction"),
    429: msgid("Too many attempts"),
    500: msgid("Something went wrong on our side"),
    503: msgid("The service is very busy"),
}
WAYS_OUT = {
    400: msgid("Please go back and try again."),
    401: msgid("Please sign in."),
    403: msgid("Your role does not allow this. Ask the administrator of your organisation."),
    404: msgid("Check the address, or start from the front page."),
    405: msgid("Please go back and start from the page you came from."),
    409: msgid("Open the page again to see how it stands now."),
    413: msgid("Please send less at once."),
    422: msgid("Please go back and correct the fields."),
    429: msgid("Please wait a minute, then try again."),
    500: msgid(
        "What you recorded earlier is safe. Please try again in a minute; if it happens again, tell your operator."
    ),
}
ELSEWHERE = msgid("This is not the address of the service")
FORM_EXPIRED = msgid(
    "This form was open for too long, or cookies are blocked. Go back, reload the page and send it again."
)


def on_incident_error(request: AnyRequest, error: IncidentError) -> Response[Any]:
    """An expected refusal: sign-in for the unknown, a page or a problem body for everybody else."""
    if is_api(request):
        return problem(error.status, error.code, error_sentence(error, api_words(request)), _fields(request, error))
    if type(error) is Unauthenticated:
        return kept_page(request) or see_other(login_address(request))
    return error_page(request, error.status, error_sentence(error, words(request)), here=type(error) is not UnknownHost)


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """What the framework refused: unknown address, wrong method, missing form token, too many calls."""
    status = error.status_code if error.status_code in TITLES else (500 if error.status_code >= 500 else 400)
    if is_api(request):
        answer = problem(status, CODES.get(status, "refused"), api_words(request)(WAYS_OUT[status]))
    elif isinstance(error, PermissionDeniedException) and "CSRF" in error.detail:
        answer = _form_expired(request)
    else:
        answer = error_page(request, status, words(request)(WAYS_OUT[status]))
    if retry := (error.headers or {}).get("retry-after"):
        answer.headers["retry-after"] = retry
    return answer


def on_crash(request: AnyRequest, error: Exception) -> Response[Any]:
    """What nobody expected: logged in full here, named to nobody outside."""
    log.error("request.crashed", method=request.method, request_id=request_id(request.scope), exc_info=error)
    if is_api(request):
        return problem(500, CODES[500], api_words(request)(WAYS_OUT[500]))
    return error_page(request, 500, words(request)(WAYS_OUT[500]))


CODES = {
    400: "bad-request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    422: "invalid-input",
    429: "too-many-requests",
    500: "internal-error",
}

EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    IncidentError: on_incident_error,
    HTTPException: on_http_error,
    Exception: on_crash,
}


def is_api(request: AnyRequest) -> bool:
    """Whether a program is asking."""
    return str(request.scope["path"]).startswith("/api/")


def api_words(request: AnyRequest) -> Translator:
    """The language a program asks for on behalf of its user (Accept-Language); Hungarian unless English comes first."""
    return translator("en" if request.headers.get("accept-language", "").lower().startswith("en") else "hu")


def error_sentence(error: IncidentError, say: Translator) -> str:
    """The sentence of an error in the person's language."""
    return say(error.message, **error.params)


def _fields(request: AnyRequest, error: IncidentError) -> list[dict[str, str]]:
    if not isinstance(error, InvalidInput):
        return []
    say = api_words(request)
    return [{"path": one.path, "code": one.code, "detail": say(one.message, **one.params)} for one in error.errors]


def problem(status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None) -> Response[Any]:
    """A problem body as RFC 9457 has it; ``errors`` names every faulty field by its path."""
    body: dict[str, Any] = {"type": f"urn:incidens72:problem:{code}", "title": code, "status": status, "detail": detail}
    body["code"] = code
    if errors:
        body["errors"] = errors
    headers = {"www-authenticate": "Bearer"} if status == 401 else None
    return Response(body, status_code=status, media_type=PROBLEM_JSON, headers=headers)


def error_page(request: AnyRequest, status: int, sentence: str, *, here: bool = True) -> Response[str]:
    """A page that says what is wrong and the way out; ``here``: whether that can lead through this address."""
    title = words(request)(TITLES.get(status, TITLES[400]) if here else ELSEWHERE)
    said: dict[str, Any] = {"title": title, "sentence": sentence, "here": here}
    number = request_id(request.scope)
    return page(request, "pages/error.html", status=status, banners=(), code=status, number=number, **said)


def _form_expired(request: AnyRequest) -> Response[str]:
    """The form token did not match: the cookie goes, so that the next page brings a good one."""
    answer = error_page(request, 403, words(request)(FORM_EXPIRED))
    settings = settings_of(request)
    name = cookie_name(settings, "csrf")
    answer.set_cookie(Cookie(key=name, value="", path="/", max_age=0, secure=settings.secure_cookies, httponly=True))
    return answer
