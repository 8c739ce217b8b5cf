/** What a person does with the own account, beyond signing in. */
import { apiUrl, client, take, takeSignIn } from "./http.ts";

export const changeEmail = (email: string, current: string) => takeSignIn(client.POST("/api/users/me/email", { body: { email, current } }));
export const deleteAccount = (current: string, confirm: string) =>
  takeSignIn(client.POST("/api/users/me/delete", { body: { current, confirm } }));
export const closeOtherSessions = () => take(client.DELETE("/api/sessions"));
export const exportUrl = () => apiUrl("/export");
