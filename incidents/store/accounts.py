"""Second steps, sign-ins from outside, known browsers, failures, and what happened with an account."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from incidents.base.ids import new_id
from incidents.rules.sign_in import Failures
from incidents.store.people import hashed
from incidents.store.tables import (
    AccountEvent,
    Controller,
    KnownBrowser,
    LoginFailure,
    Membership,
    OneTimeLink,
    OutsideIdentity,
    RecoveryCode,
    SecondFactor,
    SignInRule,
    User,
    UserSession,
)
from incidents.store.uow import UnitOfWork

BROWSER_LENGTH = timedelta(days=180)
"""How long a browser stays known without a sign-in."""
SHOWN = 10
"""Newest entries shown to the person."""


def lock(uow: UnitOfWork, email: str) -> User | None:
    """The account of an address, locked: guesses at one account stand in line, however many come at once."""
    wanted = select(User).where(User.email == email).with_for_update()
    return uow.session.scalar(wanted.execution_options(populate_existing=True))


def lock_user(uow: UnitOfWork, user_id: UUID) -> User | None:
    """The account of a key while it may be used, locked."""
    wanted = select(User).where(User.id == user_id, User.is_active).with_for_update()
    return uow.session.scalar(wanted.execution_options(populate_existing=True))


def failures_of(uow: UnitOfWork, email: str, browser: str, kind: str, since: datetime) -> Failures:
    """Failures of an account in a known browser, or in all unknown ones (empty)."""
    return _failures(
        uow,
        LoginFailure.email == email,
        LoginFailure.browser == browser,
        LoginFailure.kind == kind,
        LoginFailure.at > since,
    )


def failures_from(uow: UnitOfWork, address: str, kind: str, since: datetime) -> Failures:
    """Failures from a network address, in browsers nobody knows."""
    return _failures(
        uow,
        LoginFailure.address == address,
        LoginFailure.browser == "",
        LoginFailure.kind == kind,
        LoginFailure.at > since,
    )


def _failures(uow: UnitOfWork, *where: object) -> Failures:
    counted = select(func.count(LoginFailure.id), func.max(LoginFailure.at)).where(*where)  # type: ignore[arg-type]
    count, last = uow.session.execute(counted).one()
    return Failures(count, last)


def add_failure(uow: UnitOfWork, email: str, address: str, kind: str, browser: str = "") -> None:
    """Remember a failure, or a link asked for."""
    uow.add(LoginFailure(id=new_id(uow.now), email=email, address=address, at=uow.now, kind=kind, browser=browser))


def forgive(uow: UnitOfWork, email: str, kinds: Iterable[str], browser: str | None = None) -> None:
    """Forget the failures of an account: in one browser, or in all."""
    gone = delete(LoginFailure).where(LoginFailure.email == email, LoginFailure.kind.in_(tuple(kinds)))
    uow.session.execute(gone if browser is None else gone.where(LoginFailure.browser == browser))


def known_browser(uow: UnitOfWork, token: str, user_id: UUID) -> KnownBrowser | None:
    """The row of a browser in which this very person has signed in lately."""
    return uow.session.scalar(
        select(KnownBrowser).where(
            KnownBrowser.token_hash == hashed(token),
            KnownBrowser.user_id == user_id,
            KnownBrowser.seen_at > uow.now - BROWSER_LENGTH,
        )
    )


def know_browser(uow: UnitOfWork, token: str, user_id: UUID) -> None:
    """Know a browser from now on; those not seen for long are forgotten."""
    uow.session.execute(delete(KnownBrowser).where(KnownBrowser.seen_at < uow.now - BROWSER_LENGTH))
    uow.add(KnownBrowser(token_hash=hashed(token), user_id=user_id, seen_at=uow.now))


def forget_browsers(uow: UnitOfWork, user_id: UUID) -> None:
    """No browser of the person is known any more."""
    uow.session.execute(delete(KnownBrowser).where(KnownBrowser.user_id == user_id))


def factor(uow: UnitOfWork, user_id: UUID) -> SecondFactor | None:
    """The authenticator of a person, working or only being set up; locked."""
    wanted = select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    return uow.session.scalar(wanted.execution_options(populate_existing=True))


def has_factor(uow: UnitOfWork, user_id: UUID) -> bool:
    """Whether a person has a second step that works."""
    return user_id in with_factor(uow, [user_id])


def with_factor(uow: UnitOfWork, user_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these people have a second step that works."""
    wanted = select(SecondFactor.user_id).where(
        SecondFactor.user_id.in_(user_ids), SecondFactor.confirmed_at.is_not(None)
    )
    return frozenset(uow.session.scalars(wanted))


def remove_factor(uow: UnitOfWork, user_id: UUID) -> None:
    """Take the authenticator and the recovery codes away."""
    for table in (SecondFactor, RecoveryCode):
        uow.session.execute(delete(table).where(table.user_id == user_id))


def recovery_codes(uow: UnitOfWork, user_id: UUID, hint: str = "") -> Sequence[RecoveryCode]:
    """The unused recovery codes of a person, locked; those that begin with a hint, or all."""
    wanted = select(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    wanted = wanted.where(RecoveryCode.hint == hint) if hint else wanted
    return uow.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()


def forget_codes(uow: UnitOfWork, user_id: UUID) -> None:
    """No recovery code of the person works any more."""
    uow.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def outside(uow: UnitOfWork, issuer: str, subject: str) -> OutsideIdentity | None:
    """Whose account a sign-in from outside opens."""
    return uow.session.get(OutsideIdentity, (issuer, subject))


def outside_of(uow: UnitOfWork, user_id: UUID) -> Sequence[OutsideIdentity]:
    """The sign-ins from outside that open an account."""
    return uow.session.scalars(select(OutsideIdentity).where(OutsideIdentity.user_id == user_id)).all()


def add_event(uow: UnitOfWork, user_id: UUID, kind: str, actor: str, address: str = "") -> None:
    """Remember what happened with an account."""
    uow.add(AccountEvent(id=new_id(uow.now), user_id=user_id, kind=kind, at=uow.now, actor=actor, address=address))


def events_of(uow: UnitOfWork, user_id: UUID) -> Sequence[AccountEvent]:
    """What happened with an account lately, newest first."""
    wanted = select(AccountEvent).where(AccountEvent.user_id == user_id)
    return uow.session.scalars(wanted.order_by(AccountEvent.id.desc()).limit(SHOWN)).all()


def rule(uow: UnitOfWork, controller_id: UUID) -> SignInRule | None:
    """Who must sign in with a second step at a controller; None: nobody has said."""
    return uow.session.scalar(select(SignInRule).where(SignInRule.controller_id == controller_id))


def rules(uow: UnitOfWork, controller_ids: Iterable[UUID]) -> dict[UUID, Sequence[str]]:
    """The roles that need a second step, by controller."""
    rows = uow.session.scalars(select(SignInRule).where(SignInRule.controller_id.in_(tuple(controller_ids))))
    return {row.controller_id: row.roles for row in rows}


def home(uow: UnitOfWork, user_id: UUID) -> UUID | None:
    """The controller under which a mail to this person is kept: one they serve, else the first there is."""
    served = select(Membership.controller_id).where(Membership.user_id == user_id).order_by(Membership.controller_id)
    first = select(Controller.id).order_by(Controller.id)
    return uow.session.scalar(served.limit(1)) or uow.session.scalar(first.limit(1))


def serves(uow: UnitOfWork, user_id: UUID) -> Sequence[str]:
    """The names of the controllers a person holds a role at."""
    held = select(Membership.controller_id).where(Membership.user_id == user_id)
    return uow.session.scalars(select(Controller.name).where(Controller.id.in_(held))).all()


def session_before(uow: UnitOfWork, user_id: UUID, before: datetime) -> UserSession | None:
    """The last finished sign-in of a person before an instant."""
    return uow.session.scalar(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.level == "full", UserSession.created_at < before)
        .order_by(UserSession.created_at.desc())
        .limit(1)
    )


def tries_since(uow: UnitOfWork, email: str, since: datetime) -> int:
    """Failed sign-ins of an account since an instant, as far as they are remembered."""
    counted = select(func.count(LoginFailure.id)).where(
        LoginFailure.email == email, LoginFailure.kind != "link", LoginFailure.at > since
    )
    return uow.session.scalar(counted) or 0


def touch(uow: UnitOfWork, token_hash: str, idle_until: datetime) -> None:
    """The session is in use."""
    values = {"seen_at": uow.now, "idle_until": idle_until}
    uow.session.execute(update(UserSession).where(UserSession.token_hash == token_hash).values(values))


def end_links(uow: UnitOfWork, user_id: UUID, purpose: str) -> None:
    """The unused links of a person for one purpose are worth nothing any more."""
    ended = update(OneTimeLink).where(
        OneTimeLink.user_id == user_id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None)
    )
    uow.session.execute(ended.values(used_at=uow.now))
