/** What a person does with the own account, beyond signing in. */
import { client, take, takeSignIn } from "./http.ts";

export const changeEmail = (email: string, current: string) => takeSignIn(client.POST("/api/users/me/email", { body: { email, current } }));
export const deleteAccount = (current: string, confirm: string) =>
  takeSignIn(client.POST("/api/users/me/delete", { body: { current, confirm } }));
export const closeOtherSessions = () => take(client.DELETE("/api/sessions"));
/** All conversations as one file. Fetched and not gone to: a refusal must not take the place of the page. */
export const downloadExport = () => take<Blob>(client.GET("/api/export", { parseAs: "blob" }));
