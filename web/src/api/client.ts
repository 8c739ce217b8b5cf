/** One function per call of the HTTP API. Nothing else in the page knows a path. */
import { client, take, takeSignIn } from "./http.ts";
import type { ListName } from "./lists.ts";
import type { components } from "./schema.d.ts";
import type { InstanceSettings, OwnSettings, User } from "./types.ts";

type Schemas = components["schemas"];

// Session and accounts

export const getSession = () => take(client.GET("/api/session"));
export const signIn = (body: Schemas["PasswordSignIn"] | Schemas["CodeSignIn"]) => takeSignIn(client.POST("/api/session", { body }));
export const signOut = () => take(client.DELETE("/api/session"));
export const setUp = (body: Schemas["SetupBody"]) => takeSignIn(client.POST("/api/setup", { body }));
export const changePassword = (body: Schemas["PasswordChange"]) => take(client.POST("/api/users/me/password", { body }));
export type UserPatch = Schemas["UserPatch"];
export const patchUser = (user_id: string, body: UserPatch): Promise<User> =>
  take(client.PATCH("/api/users/{user_id}", { params: { path: { user_id } }, body }));
export const listKeys = () => take(client.GET("/api/keys"));
export const createKey = (body: Schemas["NewKey"]) => take(client.POST("/api/keys", { body }));
export const deleteKey = (key_id: string) => take(client.DELETE("/api/keys/{key_id}", { params: { path: { key_id } } }));
export const listSessions = () => take(client.GET("/api/sessions"));
export const deleteSession = (session_id: string) =>
  take(client.DELETE("/api/sessions/{session_id}", { params: { path: { session_id } } }));

// Conversations and messages

const inConversation = (conversation_id: string) => ({ path: { conversation_id } });

export const listConversations = (list: ListName, cursor?: string | null) =>
  take(client.GET("/api/conversations", { params: { query: { ...viewOf(list), cursor } } }));
export type Selection = Schemas["SelectionBody"];
/** One step for up to 200 conversations. */
export const selectConversations = (body: Selection) => take(client.POST("/api/conversations/select", { body }));
export const getConversation = (id: string) => take(client.GET("/api/conversations/{conversation_id}", { params: inConversation(id) }));
export const patchConversation = (id: string, body: Schemas["ConversationPatch"]) =>
  take(client.PATCH("/api/conversations/{conversation_id}", { params: inConversation(id), body }));
/** Where a page of messages lies: above or below another one, around a message, or, with null, at the end of the active branch. */
export type MessagePlace = { before: string } | { after: string } | { around: string } | null;
const MESSAGES_A_PAGE = 50;
export const listMessages = (id: string, place: MessagePlace = null) => {
  const query = { ...place, limit: MESSAGES_A_PAGE };
  return take(client.GET("/api/conversations/{conversation_id}/messages", { params: { ...inConversation(id), query } }));
};
export const selectBranch = (id: string, message: string) =>
  take(client.POST("/api/conversations/{conversation_id}/branch", { params: inConversation(id), body: { message } }));
export const searchText = (q: string, signal?: AbortSignal) =>
  take(client.GET("/api/search", { params: { query: { q, limit: 20 } }, signal }));
export const exportPath = (id: string, format: "json" | "markdown") => `/conversations/${encodeURIComponent(id)}/export?format=${format}`;

function viewOf(list: ListName) {
  if (list === "archived") return { archived: true, limit: 50 };
  if (list === "pinned") return { pinned: true, limit: 100 };
  return { folder: list === "recent" ? "none" : list.slice("folder:".length), pinned: false, limit: 50 };
}

const ofFolder = (folder_id: string) => ({ path: { folder_id } });

export const listFolders = () => take(client.GET("/api/folders"));
export const putFolder = (id: string, body: Schemas["NewFolder"]) =>
  take(client.PUT("/api/folders/{folder_id}", { params: ofFolder(id), body }));
export const patchFolder = (id: string, body: Schemas["FolderPatch"]) =>
  take(client.PATCH("/api/folders/{folder_id}", { params: ofFolder(id), body }));
export const deleteFolder = (id: string) => take(client.DELETE("/api/folders/{folder_id}", { params: ofFolder(id) }));

// Runs

export type SendInput = Schemas["SendBody"];
const ofMessage = (message_id: string) => ({ path: { message_id } });
const ofRun = (run_id: string) => ({ path: { run_id } });

export const sendMessage = (id: string, body: SendInput) =>
  take(client.POST("/api/conversations/{conversation_id}/messages", { params: inConversation(id), body }));
export const editMessage = (message: string, body: Schemas["EditBody"]) =>
  take(client.POST("/api/messages/{message_id}/edit", { params: ofMessage(message), body }));
/** The answers to a question that stand side by side. */
export const getAnswers = (question: string) =>
  take(client.GET("/api/messages/{message_id}/answers", { params: { path: { message_id: question } } }));
export const regenerateMessage = (message: string, body: Schemas["AgainBody"]) =>
  take(client.POST("/api/messages/{message_id}/regenerate", { params: ofMessage(message), body }));
export const continueRun = (run: string, body: Schemas["ContinueBody"]) =>
  take(client.POST("/api/runs/{run_id}/continue", { params: ofRun(run), body }));
export const cancelRun = (run: string) => take(client.POST("/api/runs/{run_id}/cancel", { params: ofRun(run) }));
export const approveCall = (run_id: string, call: string, approve: boolean) =>
  take(client.POST("/api/runs/{run_id}/approvals/{call}", { params: { path: { run_id, call } }, body: { approve } }));
export const getChanges = (since: number) => take(client.GET("/api/sync", { params: { query: { since } } }));

// Models and providers

const ofProvider = (provider_id: string) => ({ path: { provider_id } });
const ofModel = (provider_id: string, model_id: string) => ({ path: { provider_id, model_id } });

export const listModels = () => take(client.GET("/api/models"));
export const listProviders = () => take(client.GET("/api/providers"));
export const createProvider = (body: Schemas["ProviderIn"]) => take(client.POST("/api/providers", { body }));
export type ProviderPatch = Schemas["ProviderPatch"];
export const patchProvider = (id: string, body: ProviderPatch) =>
  take(client.PATCH("/api/providers/{provider_id}", { params: ofProvider(id), body }));
export const deleteProvider = (id: string) => take(client.DELETE("/api/providers/{provider_id}", { params: ofProvider(id) }));
export const testProvider = (id: string, body: Schemas["TestIn"] = {}) =>
  take(client.POST("/api/providers/{provider_id}/test", { params: ofProvider(id), body }));
export const discoverModels = (id: string) => take(client.POST("/api/providers/{provider_id}/discover", { params: ofProvider(id) }));
export const listProviderModels = (id: string) => take(client.GET("/api/providers/{provider_id}/models", { params: ofProvider(id) }));
export const patchProviderModel = (provider: string, model: string, body: Schemas["ModelPatch"]) =>
  take(client.PATCH("/api/providers/{provider_id}/models/{model_id}", { params: ofModel(provider, model), body }));
export const putProviderModel = (provider: string, model: string, body: Schemas["ModelPatch"] = {}) =>
  take(client.PUT("/api/providers/{provider_id}/models/{model_id}", { params: ofModel(provider, model), body }));

// Files

const ofFile = (file_id: string) => ({ path: { file_id } });

export const createFile = (body: Schemas["AnnounceBody"], signal?: AbortSignal) => take(client.POST("/api/files", { body, signal }));
export const finishFile = (id: string, signal?: AbortSignal) => take(client.POST("/api/files/{file_id}", { params: ofFile(id), signal }));
export const deleteFile = (id: string) => take(client.DELETE("/api/files/{file_id}", { params: ofFile(id) }));
export const filePath = (id: string) => `/files/${encodeURIComponent(id)}/content`;

// Settings

export const getUsage = () => take(client.GET("/api/usage"));
export const getSettings = () => take(client.GET("/api/settings"));
export const patchSettings = (body: OwnSettings) => take(client.PATCH("/api/settings", { body }));
export const getInstanceSettings = () => take(client.GET("/api/settings/instance"));
export const patchInstanceSettings = (body: InstanceSettings) => take(client.PATCH("/api/settings/instance", { body }));
