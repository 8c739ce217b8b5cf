/** Accounts as administrators see them, and the links by which people get into one. */
import { client, pageUrl, take, takeSignIn } from "./http.ts";
import type { components } from "./schema.d.ts";
import type { Role, User } from "./types.ts";

type Schemas = components["schemas"];

export type Invitation = Schemas["InvitationShape"];
export type Invited = Schemas["InvitedShape"];
export type UserFilter = { q: string; role: Role | ""; status: User["status"] | "" };

const ofUser = (user_id: string) => ({ path: { user_id } });

export const listUsers = ({ q, role, status }: UserFilter, cursor?: string | null) =>
  take(client.GET("/api/users", { params: { query: { q, role: role || null, status: status || null, cursor, limit: 50 } } }));
export const listAdministrators = () => take(client.GET("/api/users/administrators"));
export const createUser = (body: Schemas["NewUser"]) => take(client.POST("/api/users", { body }));
export const changeUsers = (body: Schemas["BulkChange"]) => take(client.POST("/api/users/bulk", { body }));
export const makePasswordLink = (user_id: string) => take(client.POST("/api/users/{user_id}/password-link", { params: ofUser(user_id) }));

export const listInvitations = (cursor?: string | null) =>
  take(client.GET("/api/invitations", { params: { query: { cursor, limit: 20 } } }));
export const invite = (body: Partial<Schemas["NewInvitation"]>) =>
  take(client.POST("/api/invitations", { body: body as Schemas["NewInvitation"] }));
export const revokeInvitation = (invitation_id: string) =>
  take(client.DELETE("/api/invitations/{invitation_id}", { params: { path: { invitation_id } } }));

export const readInvitation = (token: string) => take(client.GET("/api/invited/{token}", { params: { path: { token } } }));
export const acceptInvitation = (token: string, body: Schemas["AcceptBody"]) =>
  takeSignIn(client.POST("/api/invited/{token}", { params: { path: { token } }, body }));

/** The whole address of an invitation, to be handed over. */
export const invitationUrl = (path: string) => new URL(pageUrl(path), location.origin).href;
