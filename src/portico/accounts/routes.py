"""`/setup`, `/session`, `/sessions`, `/users`, `/keys`, `/settings`. GET /session is the application's: its answer needs more domains."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from portico.accounts import setting_shapes, shapes
from portico.accounts.middleware import Admin, AtDoor, Caller, MaybeWho, Who, clear_session, set_session
from portico.accounts.models import Opened
from portico.accounts.service import AccountsService
from portico.ids import ApiKeyId, SessionId, UserId
from portico.infra.http import IfMatch, Page, decode_cursor, encode_cursor, page, problems

Cursor = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=100)]


class AccountsRoutes:
    """The routes of accounts; `router` is mounted under /api."""

    def __init__(self, accounts: AccountsService) -> None:
        self._accounts = accounts
        self.router = APIRouter(tags=["accounts"])
        self._add_doors()
        self._add_users()
        self._add_own()

    def _add_doors(self) -> None:
        add = self.router.add_api_route
        add("/setup", self.set_up, methods=["POST"], status_code=201, response_model=shapes.SignedIn, responses=problems(403, 409))
        add("/session", self.sign_in, methods=["POST"], response_model=shapes.SignedIn, responses=problems(401, 403))
        add("/session", self.sign_out, methods=["DELETE"], status_code=204, response_class=Response)
        add("/sessions", self.list_sessions, methods=["GET"], response_model=Page[shapes.SessionShape], responses=problems(401))
        add(
            "/sessions/{session_id}",
            self.close_session,
            methods=["DELETE"],
            status_code=204,
            response_class=Response,
            responses=problems(404),
        )

    def _add_users(self) -> None:
        add = self.router.add_api_route
        add("/users", self.list_users, methods=["GET"], response_model=Page[shapes.UserShape], responses=problems(401, 403))
        add("/users", self.create_user, methods=["POST"], status_code=201, response_model=shapes.UserShape, responses=problems(409))
        add("/users/me/password", self.change_password, methods=["POST"], response_model=shapes.SignedIn, responses=problems(401, 403))
        add("/users/{user_id}", self.change_user, methods=["PATCH"], response_model=shapes.UserShape, responses=problems(403, 404, 409))

    def _add_own(self) -> None:
        add = self.router.add_api_route
        add("/keys", self.list_keys, methods=["GET"], response_model=Page[shapes.KeyShape], responses=problems(401))
        add("/keys", self.create_key, methods=["POST"], status_code=201, response_model=shapes.MadeKey, responses=problems(403, 429))
        add("/keys/{key_id}", self.revoke_key, methods=["DELETE"], status_code=204, response_class=Response, responses=problems(403, 404))
        add("/settings", self.read_settings, methods=["GET"], response_model=setting_shapes.SettingsShape, responses=problems(401))
        add("/settings", self.change_settings, methods=["PATCH"], response_model=setting_shapes.SettingsShape)
        add(
            "/settings/instance",
            self.read_instance,
            methods=["GET"],
            response_model=setting_shapes.InstanceSettingsShape,
            responses=problems(401, 403),
        )
        add("/settings/instance", self.change_instance, methods=["PATCH"], response_model=setting_shapes.InstanceSettingsShape)

    async def set_up(self, entry: AtDoor, body: shapes.SetupBody, response: Response) -> shapes.SignedIn:
        """Make the administrator, once, and sign in."""
        opened = await self._accounts.set_up(
            entry.visit, email=body.email, name=body.name, password=body.password, locale=body.locale, token=body.token
        )
        return _signed_in(entry, response, opened)

    async def sign_in(self, entry: AtDoor, body: shapes.PasswordSignIn | shapes.CodeSignIn, response: Response) -> shapes.SignedIn:
        """Sign in by email and password, or come in as a guest by an access code."""
        if isinstance(body, shapes.PasswordSignIn):
            opened = await self._accounts.sign_in(entry.visit, email=body.email, password=body.password)
        else:
            opened = await self._accounts.admit(entry.visit, await entry.identity(), code=body.access_code)
        return _signed_in(entry, response, opened)

    async def sign_out(self, who: MaybeWho, entry: AtDoor) -> Response:
        """End this browser's session; without one it only clears the cookie."""
        if who is not None:
            await self._accounts.sign_out(who)
        response = Response(status_code=204)
        clear_session(response, entry.visit)
        return response

    async def list_sessions(self, who: Who) -> Page[shapes.SessionShape]:
        """List the browsers in which the caller is signed in."""
        found = await self._accounts.sessions.list(who)
        return page([shapes.SessionShape.of(session, current=session.id == who.credential_id) for session in found])

    async def close_session(self, who: Who, session_id: str) -> Response:
        """Sign one of the caller's browsers out."""
        await self._accounts.sessions.close(who, SessionId(session_id))
        return Response(status_code=204)

    async def list_users(self, who: Admin, cursor: Cursor = None, limit: Limit = 50) -> Page[shapes.UserShape]:
        """List all users, oldest first."""
        after = decode_cursor(cursor, tuple[str])[0] if cursor else ""
        found = await self._accounts.users.list(who, after=after, limit=limit + 1)
        items = [shapes.UserShape.of(user) for user in found[:limit]]
        return page(items, encode_cursor(items[-1].id) if len(found) > limit else None)

    async def create_user(self, who: Admin, body: shapes.NewUser) -> shapes.UserShape:
        """Make an account."""
        user = await self._accounts.users.create(who, email=body.email, name=body.name, password=body.password, role=body.role)
        return shapes.UserShape.of(user)

    async def change_user(self, who: Caller, user_id: str, body: shapes.UserPatch, revision: IfMatch) -> shapes.UserShape:
        """Change a user: oneself in name, language and theme; administrators everybody, in everything but their own password."""
        if who.role == "admin" and user_id != who.user_id:
            await self._accounts.limit_administration(who)
        user = await self._accounts.users.change(who, UserId(user_id), body.change(), revision=revision)
        return shapes.UserShape.of(user)

    async def change_password(self, who: Caller, entry: AtDoor, body: shapes.PasswordChange, response: Response) -> shapes.SignedIn:
        """Change the caller's password and sign all other browsers out."""
        opened = await self._accounts.change_password(who, entry.visit, current=body.current, new=body.new)
        return _signed_in(entry, response, opened)

    async def list_keys(self, who: Who) -> Page[shapes.KeyShape]:
        """List the caller's API keys."""
        return page([shapes.KeyShape.of(key) for key in await self._accounts.keys.list(who)])

    async def create_key(self, who: Who, body: shapes.NewKey) -> shapes.MadeKey:
        """Make an API key; its secret is in this answer only."""
        expires = shapes.epoch_ms(body.expires) if body.expires else None
        key, secret = await self._accounts.keys.create(who, name=body.name, scopes=frozenset(body.scopes), expires=expires)
        return shapes.MadeKey(key=shapes.KeyShape.of(key), secret=secret)

    async def revoke_key(self, who: Who, key_id: str) -> Response:
        """Make an API key useless at once."""
        await self._accounts.keys.revoke(who, ApiKeyId(key_id))
        return Response(status_code=204)

    async def read_settings(self, who: Who) -> setting_shapes.SettingsShape:
        """Return the caller's settings."""
        return setting_shapes.SettingsShape.of(await self._accounts.preferences.own(who.user_id))

    async def change_settings(self, who: Who, body: setting_shapes.SettingsPatch) -> setting_shapes.SettingsShape:
        """Change some of the caller's settings."""
        return setting_shapes.SettingsShape.of(await self._accounts.preferences.change_own(who, body.change()))

    async def read_instance(self, who: Admin) -> setting_shapes.InstanceSettingsShape:
        """Return the instance's settings."""
        del who
        return setting_shapes.InstanceSettingsShape.of(await self._accounts.preferences.instance())

    async def change_instance(self, who: Admin, body: setting_shapes.InstancePatch) -> setting_shapes.InstanceSettingsShape:
        """Change some of the instance's settings."""
        return setting_shapes.InstanceSettingsShape.of(await self._accounts.preferences.change_instance(who, body.change()))


def _signed_in(entry: AtDoor, response: Response, opened: Opened) -> shapes.SignedIn:
    set_session(response, entry.visit, opened)
    return shapes.SignedIn(user=shapes.UserShape.of(opened.user))
