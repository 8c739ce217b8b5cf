"""`/setup`, `/session[s]`, `/invitations`, `/users`, `/keys`, `/settings`. GET /session is the application's: it needs more domains."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from portico.access.principal import Role
from portico.accounts import invitation_shapes as invited
from portico.accounts import setting_shapes, shapes, user_shapes
from portico.accounts.invitations import FIRST
from portico.accounts.middleware import Admin, AtDoor, Caller, MaybeWho, Who, clear_session, set_session
from portico.accounts.models import Opened, Status, User
from portico.accounts.service import AccountsService
from portico.accounts.users import Wanted
from portico.ids import ApiKeyId, InvitationId, SessionId, UserId
from portico.infra.http import IfMatch, Page, decode_cursor, encode_cursor, page, problems

Cursor = Annotated[str | None, Query(max_length=200)]
IdInPath = Annotated[str, Path(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=100)]
StopAnswers = Callable[[Sequence[UserId]], Awaitable[None]]
"""Stops what is being answered for these users."""


class AccountsRoutes:
    """The routes of accounts; `router` is mounted under /api. `stop_answers` is the verb of runs for who may come in no more."""

    def __init__(self, accounts: AccountsService, stop_answers: StopAnswers) -> None:
        self._accounts = accounts
        self._stop_answers = stop_answers
        self.router = APIRouter(tags=["accounts"])
        self._add_doors()
        self._add_invitations()
        self._add_users()
        self._add_own()

    def _add_doors(self) -> None:
        add = self.router.add_api_route
        add("/setup", self.set_up, methods=["POST"], status_code=201, response_model=shapes.SignedIn, responses=problems(403, 409))
        add("/session", self.sign_in, methods=["POST"], response_model=shapes.SignedIn, responses=problems(401, 403))
        add("/session", self.sign_out, methods=["DELETE"], status_code=204, response_class=Response)
        add("/sessions", self.list_sessions, methods=["GET"], response_model=Page[shapes.SessionShape], responses=problems(401))
        add("/sessions", self.close_others, methods=["DELETE"], status_code=204, response_class=Response)
        add(
            "/sessions/{session_id}",
            self.close_session,
            methods=["DELETE"],
            status_code=204,
            response_class=Response,
            responses=problems(404),
        )

    def _add_invitations(self) -> None:
        add, made = self.router.add_api_route, invited.MadeInvitation
        add("/invitations", self.list_invitations, methods=["GET"], response_model=Page[invited.InvitationShape])
        add("/invitations", self.invite, methods=["POST"], status_code=201, response_model=made, responses=problems(409))
        one = "/invitations/{invitation_id}"
        add(one, self.revoke_invitation, methods=["DELETE"], status_code=204, response_class=Response, responses=problems(404, 409))
        link = "/users/{user_id}/password-link"
        add(link, self.password_link, methods=["POST"], status_code=201, response_model=made, responses=problems(404))
        add("/invited/{token}", self.read_invitation, methods=["GET"], response_model=invited.InvitedShape, responses=problems(404))
        add("/invited/{token}", self.accept, methods=["POST"], response_model=shapes.SignedIn, responses=problems(403, 404, 409))

    def _add_users(self) -> None:
        add = self.router.add_api_route
        add("/users", self.list_users, methods=["GET"], response_model=Page[shapes.UserShape], responses=problems(401, 403))
        add("/users", self.create_user, methods=["POST"], status_code=201, response_model=shapes.UserShape, responses=problems(409))
        shape = Page[user_shapes.AdministratorShape]
        add("/users/administrators", self.list_administrators, methods=["GET"], response_model=shape, responses=problems(401, 403))
        add("/users/bulk", self.change_users, methods=["POST"], response_model=user_shapes.BulkShape)
        add("/users/me/email", self.change_email, methods=["POST"], response_model=shapes.UserShape, responses=problems(409))
        add("/users/me/delete", self.leave, methods=["POST"], status_code=204, response_class=Response, responses=problems(403, 409))
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

    async def close_others(self, who: Who) -> Response:
        """Sign all of the caller's browsers out but this one."""
        await self._accounts.sessions.close_others(who)
        return Response(status_code=204)

    async def list_invitations(self, who: Admin, cursor: Cursor = None, limit: Limit = 50) -> Page[invited.InvitationShape]:
        """List invitations and password links, newest first, also those that are over."""
        before = decode_cursor(cursor, tuple[str])[0] if cursor else FIRST
        found = await self._accounts.invitations.list(who, before=before, limit=limit + 1)
        items = [invited.InvitationShape.of(invitation) for invitation in found[:limit]]
        return page(items, encode_cursor(items[-1].id) if len(found) > limit else None)

    async def invite(self, who: Admin, body: invited.NewInvitation) -> invited.MadeInvitation:
        """Make a link by which one person makes an account; it is in this answer only, and nobody is written to."""
        return invited.MadeInvitation.of(await self._accounts.invitations.create(who, email=body.email, role=body.role, days=body.days))

    async def password_link(self, who: Admin, user_id: IdInPath) -> invited.MadeInvitation:
        """Make a link by which a user chooses a new password within a day."""
        return invited.MadeInvitation.of(await self._accounts.invitations.password_link(who, UserId(user_id)))

    async def revoke_invitation(self, who: Admin, invitation_id: IdInPath) -> Response:
        """Take an invitation back."""
        await self._accounts.invitations.revoke(who, InvitationId(invitation_id))
        return Response(status_code=204)

    async def read_invitation(self, entry: AtDoor, token: IdInPath) -> invited.InvitedShape:
        """Say what an invitation is for, to whoever holds its link."""
        return invited.InvitedShape.of(await self._accounts.invitation(entry.visit, token))

    async def accept(self, entry: AtDoor, token: IdInPath, body: invited.AcceptBody, response: Response) -> shapes.SignedIn:
        """Take an invitation up and sign in."""
        return _signed_in(entry, response, await self._accounts.accept(entry.visit, token, body.entrant()))

    async def list_users(
        self,
        who: Admin,
        q: Annotated[str, Query(max_length=100)] = "",
        role: Role | None = None,
        status: Status | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[shapes.UserShape]:
        """List users, oldest first: all, or those whose name or address holds `q`, of one role or status."""
        after = decode_cursor(cursor, tuple[str])[0] if cursor else ""
        found = await self._accounts.users.list(who, after=after, limit=limit + 1, wanted=Wanted(q, role, status))
        items = [shapes.UserShape.of(user) for user in found[:limit]]
        return page(items, encode_cursor(items[-1].id) if len(found) > limit else None)

    async def list_administrators(self, who: Who) -> Page[user_shapes.AdministratorShape]:
        """List the names of the first few administrators, for members who need one. Guests may not."""
        return page([user_shapes.AdministratorShape(name=name) for name in await self._accounts.users.administrators(who)], None)

    async def create_user(self, who: Admin, body: shapes.NewUser) -> shapes.UserShape:
        """Make an account."""
        user = await self._accounts.users.create(who, email=body.email, name=body.name, password=body.password, role=body.role)
        return shapes.UserShape.of(user)

    async def change_user(self, who: Caller, user_id: str, body: shapes.UserPatch, revision: IfMatch) -> shapes.UserShape:
        """Change a user: oneself in name, language and theme; administrators everybody, in everything but their own password."""
        if who.role == "admin" and user_id != who.user_id:
            await self._accounts.limit_administration(who)
        user = await self._accounts.users.change(who, UserId(user_id), body.change(), revision=revision)
        await self._stop_barred([user])
        return shapes.UserShape.of(user)

    async def change_users(self, who: Admin, body: user_shapes.BulkChange) -> user_shapes.BulkShape:
        """Change the role or status of several users; each is taken or refused by itself."""
        ids = [UserId(user_id) for user_id in body.ids]
        changed = await self._accounts.users.change_each(who, ids, body.change())
        await self._stop_barred(changed.users)
        return user_shapes.BulkShape.of(changed)

    async def _stop_barred(self, users: Sequence[User]) -> None:
        if barred := [user.id for user in users if user.status != "active"]:
            await self._stop_answers(barred)

    async def change_email(self, who: Caller, body: user_shapes.EmailChange) -> shapes.UserShape:
        """Change the caller's address, with the password as proof."""
        return shapes.UserShape.of(await self._accounts.change_email(who, current=body.current, email=body.email))

    async def leave(self, who: Caller, entry: AtDoor, body: user_shapes.Leaving) -> Response:
        """End the caller's account: out of reach at once, and erased with all that belongs to it soon after."""
        await self._accounts.leave(who, current=body.current, confirm=body.confirm)
        await self._stop_answers([who.user_id])
        response = Response(status_code=204)
        clear_session(response, entry.visit)
        return response

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
