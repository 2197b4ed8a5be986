"""The doors of accounts: sign up, log in, stay logged in, log out, and "who am I"."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import RedirectResponse

from frontrow.core import clock
from frontrow.core.db import Tx
from frontrow.core.errors import Busy, InvalidRequest, NotFound, NotLoggedIn, Refusal
from frontrow.core.runtime import Runtime
from frontrow.core.web import (
    CSRF_COOKIE,
    RuntimeDep,
    new_csrf_token,
    problem_response,
    refusals,
    set_cookie,
    wants_fresh,
)
from frontrow.gateways.hub import GatewaysDep
from frontrow.gateways.oauth import OAuthRefused, OAuthUnavailable
from frontrow.people import queries, rules
from frontrow.people.access import (
    ACCESS_COOKIE,
    BUYER_COOKIE,
    REFRESH_COOKIE,
    Doorkeeper,
    DoorkeeperDep,
    LoggedInDep,
    OptionalUserDep,
    bearer_token,
    buyer_cookie,
)
from frontrow.people.actions import accounts, proofs, sessions
from frontrow.people.errors import (
    AlreadyProved,
    BadCredentials,
    LinkExpired,
    LinkNotYours,
    LinkUsed,
    LogInFailed,
    ProviderUnavailable,
    TokenExpired,
    TooManyTries,
)
from frontrow.people.schemas import (
    EmailProofRequest,
    LogInProvider,
    LogInProviders,
    LogInRequest,
    Me,
    Session,
    SignedUp,
    SignUpRequest,
    User,
)

router = APIRouter(prefix="/api", tags=["people"])

ACCOUNT_PATH = "/api/account"
OAUTH_PATH = f"{ACCOUNT_PATH}/oauth"
OAUTH_COOKIE = "fr_oauth"
CSRF_COOKIE_S = 365 * 24 * 3600


@router.get("/me", responses=refusals(TokenExpired))
async def get_me(request: Request, response: Response, rt: RuntimeDep, user: OptionalUserDep) -> Me:
    """Who is asking. Also sets the cookies that a changing request needs."""
    person = None
    if user is not None:
        who = user.user_id
        person = await rt.db.browse(lambda tx: queries.person(tx, who), fresh=wants_fresh(request))
    buyer_cookie(request, response, rt, mint=True)
    token = request.cookies.get(CSRF_COOKIE, "")
    if not 16 <= len(token) <= 64:
        token = new_csrf_token()
    _set(response, rt, CSRF_COOKIE, token, CSRF_COOKIE_S, readable=True)
    if user is None and ACCESS_COOKIE in request.cookies:
        response.delete_cookie(ACCESS_COOKIE)  # its session is over; it would only be checked again and again
    return Me(user=User.of(person) if person else None, csrf_token=token)


@router.post("/account/sign-up", status_code=202, responses=refusals(InvalidRequest, TooManyTries, Busy))
async def sign_up(body: SignUpRequest, request: Request, rt: RuntimeDep, keeper: DoorkeeperDep) -> SignedUp:
    """Make an account. The answer is the same when the address has one: nobody learns here who is a customer."""
    await keeper.spend((rules.SIGN_UPS_BY_ADDRESS, _address(request)))
    pepper = (await keeper.key()).pepper
    await accounts.sign_up(rt.db, keeper.passwords, pepper, body.email, body.password, body.name, body.locale)
    return SignedUp(
        message="You can log in now. If this address had an account already, it is unchanged and keeps its password."
    )


@router.post(
    "/account/email-proof", status_code=202, responses=refusals(NotLoggedIn, AlreadyProved, TooManyTries, Busy)
)
async def ask_for_email_proof(user: LoggedInDep, rt: RuntimeDep, keeper: DoorkeeperDep) -> None:
    """Mail the link that proves the account's address once more. It is good for a day."""
    await keeper.spend((rules.PROOFS_SOON, str(user.user_id)), (rules.PROOFS_A_DAY, str(user.user_id)))
    pepper = (await keeper.key()).pepper
    await rt.db.write(lambda tx: proofs.ask(tx, pepper, user.user_id))


@router.post(
    "/account/email-proof/confirm",
    responses=refusals(NotLoggedIn, InvalidRequest, LinkNotYours, LinkUsed, LinkExpired, Busy),
)
async def prove_email(body: EmailProofRequest, user: LoggedInDep, rt: RuntimeDep) -> User:
    """Take the link from the mail, logged in to the account that it was sent for. From now on what was bought with this
    address without an account is among the account's orders."""

    async def work(tx: Tx) -> User:
        await proofs.prove(tx, user.user_id, body.token)
        person = await queries.person(tx, user.user_id)
        if person is None:
            raise NotLoggedIn
        return User.of(person)

    return await rt.db.write(work)


@router.post("/account/log-in", responses=refusals(BadCredentials, InvalidRequest, TooManyTries, Busy))
async def log_in(
    body: LogInRequest,
    request: Request,
    response: Response,
    rt: RuntimeDep,
    keeper: DoorkeeperDep,
    user_agent: Annotated[str, Header(include_in_schema=False)] = "",
) -> Session:
    """Log in. The session and the CSRF token are new ones; the buyer stays who they were, with their held seats."""
    email, address = rules.clean_email(body.email), _address(request)
    here = f"{email} {address}"
    await keeper.spend((rules.LOG_INS_BY_ADDRESS, address), (rules.LOG_INS_HERE, here), (rules.LOG_INS_ANYWHERE, email))
    user_id = await accounts.check_log_in(rt.db, keeper.passwords, email, body.password)
    await keeper.forgive(rules.LOG_INS_HERE, here)
    opened = await rt.db.write(lambda tx: sessions.begin(tx, user_id, rt.settings.account.refresh_s, user_agent))
    _set(response, rt, CSRF_COOKIE, new_csrf_token(), CSRF_COOKIE_S, readable=True)
    return await _welcome(response, rt, keeper, opened)


@router.post("/account/refresh", response_model=Session, responses=refusals(NotLoggedIn, Busy))
async def refresh_session(
    request: Request, response: Response, rt: RuntimeDep, keeper: DoorkeeperDep
) -> Session | Response:
    """Exchange the refresh token for a new one and a new access token."""
    token = "" if bearer_token(request) is not None else request.cookies.get(REFRESH_COOKIE, "")
    pepper, grace_s = (await keeper.key()).pepper, rt.settings.account.refresh_grace_s
    opened = await rt.db.write(lambda tx: sessions.renew(tx, rt.redis, pepper, token, grace_s))
    if opened is None:
        # The browser must forget the session, or it would send the dead token with every request.
        refused = problem_response(NotLoggedIn())
        _forget(refused)
        return refused
    return await _welcome(response, rt, keeper, opened)


@router.post("/account/log-out", status_code=204)
async def log_out(request: Request, response: Response, rt: RuntimeDep, keeper: DoorkeeperDep) -> None:
    """End the session, here and now, for all its tokens. Logging out twice is fine."""
    bearer = bearer_token(request)
    ended = None if bearer is not None else rules.session_of(request.cookies.get(REFRESH_COOKIE, ""))
    if ended is None:
        try:
            user = await keeper.read(bearer or request.cookies.get(ACCESS_COOKIE, ""))
        except TokenExpired:
            user = None
        ended = user.session_id if user else None
    if ended is not None:
        session_id = ended
        await rt.db.write(lambda tx: sessions.end(tx, rt.redis, session_id))
    if bearer is None:
        _forget(response)
        # On a shared machine the next person must not find this one's orders.
        response.delete_cookie(BUYER_COOKIE)
        _set(response, rt, CSRF_COOKIE, new_csrf_token(), CSRF_COOKIE_S, readable=True)


@router.get("/account/oauth", include_in_schema=False)
async def list_log_in_providers(gw: GatewaysDep) -> LogInProviders:
    """The providers that this deployment knows, by name; a log-in begins at ``start_url``."""
    return LogInProviders(
        items=[LogInProvider(name=name, start_url=f"{OAUTH_PATH}/{name}") for name in sorted(gw.oauth)]
    )


@router.get("/account/oauth/{provider}", include_in_schema=False)
async def start_oauth(provider: str, rt: RuntimeDep, keeper: DoorkeeperDep, gw: GatewaysDep) -> Response:
    """Send the browser to the provider. It keeps, out of reach of scripts, what proves later that it began here."""
    door = gw.oauth.get(provider)
    if door is None:
        raise NotFound
    try:
        started = await door.authorization_url()
    except OAuthUnavailable:
        return _back_to_the_page(ProviderUnavailable)
    except OAuthRefused:
        return _back_to_the_page(LogInFailed)
    away = RedirectResponse(started.url, status_code=303)
    sealed = rules.seal_started(await keeper.key(), provider, started, clock.now())
    _set(away, rt, OAUTH_COOKIE, sealed, rules.ON_ITS_WAY_S, path=OAUTH_PATH)
    return away


@router.get("/account/oauth/{provider}/callback", include_in_schema=False)
async def finish_oauth(
    provider: str,
    request: Request,
    rt: RuntimeDep,
    keeper: DoorkeeperDep,
    gw: GatewaysDep,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=5000)] = "",
    iss: Annotated[str | None, Query(max_length=500)] = None,
    user_agent: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Back from the provider: log in, or say on the account page why not.

    Where to go next is never taken from outside.
    """
    door = gw.oauth.get(provider)
    if door is None:
        raise NotFound
    try:
        started = rules.open_started(await keeper.key(), provider, request.cookies.get(OAUTH_COOKIE, ""), clock.now())
        if started is None or not code:
            raise LogInFailed
        identity = await door.exchange(started, state=state, code=code, issuer=iss)
        life_s = rt.settings.account.refresh_s

        async def open_up(tx: Tx) -> sessions.Opened:
            return await sessions.begin(tx, await accounts.user_of_identity(tx, identity), life_s, user_agent)

        opened = await rt.db.write(open_up)
    except OAuthUnavailable:
        return _back_to_the_page(ProviderUnavailable)
    except (OAuthRefused, InvalidRequest):
        return _back_to_the_page(LogInFailed)
    except Refusal as refusal:
        return _back_to_the_page(type(refusal))
    home = _back_to_the_page()
    _set(home, rt, CSRF_COOKIE, new_csrf_token(), CSRF_COOKIE_S, readable=True)
    await _welcome(home, rt, keeper, opened)
    return home


def _back_to_the_page(problem: type[Refusal] | None = None) -> Response:
    back = RedirectResponse("/account" + (f"?problem={problem.code}" if problem else ""), status_code=303)
    back.delete_cookie(OAUTH_COOKIE, path=OAUTH_PATH)
    return back


async def _welcome(response: Response, rt: Runtime, keeper: Doorkeeper, opened: sessions.Opened) -> Session:
    person = await rt.db.read(lambda tx: queries.person(tx, opened.user_id))
    if person is None:
        raise NotLoggedIn
    access = await keeper.sign(opened.user_id, opened.session_id)
    life_s = rt.settings.account.refresh_s
    # The cookie outlives its token, so that the server can tell "renew me" from "never logged in".
    _set(response, rt, ACCESS_COOKIE, access, life_s)
    _set(response, rt, REFRESH_COOKIE, opened.refresh_token, life_s, path=ACCOUNT_PATH)
    return Session(user=User.of(person), access_token=access, expires_in=rt.settings.account.access_s)


def _forget(response: Response) -> None:
    response.delete_cookie(ACCESS_COOKIE)
    response.delete_cookie(REFRESH_COOKIE, path=ACCOUNT_PATH)


def _set(
    response: Response,
    rt: Runtime,
    name: str,
    value: str,
    max_age: int,
    *,
    path: str = "/",
    readable: bool = False,
) -> None:
    secure = rt.settings.origin.startswith("https:")
    set_cookie(response, name, value, max_age=max_age, secure=secure, path=path, readable=readable)


def _address(request: Request) -> str:
    """Where the request came from, by the connection: behind the load balancer the server has put the client there,
    and whatever ``X-Forwarded-For`` a stranger sends is never read here."""
    return request.client.host if request.client else "unknown"
