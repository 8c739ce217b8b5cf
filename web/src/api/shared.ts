/** The one call of the share page: no session, no cookie, nothing but the link. */
import { apiUrl, client, take } from "./http.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Shared = Schemas["SharedShape"];
export type SharedMessage = Schemas["SharedMessageShape"];
export type ShareBoot = { base_path: string; instance: string; token: string | null; state: string; shared: Shared | null };

export const readShared = (token: string, cursor?: string | null): Promise<Shared> =>
  take(client.GET("/api/shared/{token}", { params: { path: { token }, query: { cursor } }, credentials: "omit" }));

export const sharedFileUrl = (token: string, file: string) =>
  apiUrl(`/shared/${encodeURIComponent(token)}/files/${encodeURIComponent(file)}`);
