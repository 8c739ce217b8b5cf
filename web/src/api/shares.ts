/** Share links, as their owner sees them. */
import { client, pageUrl, take } from "./http.ts";
import { keys, queryClient } from "./queries.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Share = Schemas["ShareShape"];
export type ShareTerms = Partial<Schemas["NewShare"]>;
export type Days = 1 | 7 | 30 | null;

const ofShare = (share_id: string) => ({ path: { share_id } });

export const listShares = (cursor?: string | null) => take(client.GET("/api/shares", { params: { query: { cursor, limit: 50 } } }));
export const listSharesOf = (conversation_id: string) =>
  take(client.GET("/api/conversations/{conversation_id}/shares", { params: { path: { conversation_id } } }));
export const createShare = (conversation_id: string, body: ShareTerms) =>
  changed(
    take(
      client.POST("/api/conversations/{conversation_id}/shares", {
        params: { path: { conversation_id } },
        body: body as Schemas["NewShare"],
      }),
    ),
  );
export const changeShare = (id: string, body: Schemas["SharePatch"]) =>
  changed(take(client.PATCH("/api/shares/{share_id}", { params: ofShare(id), body })));
export const revokeShare = (id: string) => changed(take(client.DELETE("/api/shares/{share_id}", { params: ofShare(id) })));

/** The whole address of a link, for people to copy. */
export const shareUrl = (share: Share) => new URL(pageUrl(share.path), location.origin).href;

/** Every list of links is asked for again after a change, whether it was taken or not. */
async function changed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    void queryClient.invalidateQueries({ queryKey: keys.shares });
  }
}
