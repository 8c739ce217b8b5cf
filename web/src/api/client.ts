/** One function per call of the HTTP API. Nothing else in the page knows a path. */
import { type HttpOptions, http } from "./http.ts";
import type {
  ApiKey,
  Boot,
  Conversation,
  InputPart,
  Message,
  Model,
  ModelRef,
  Page,
  Provider,
  ProviderKind,
  ProviderTest,
  Run,
  SearchHit,
  SessionInfo,
  Started,
  StoredFile,
  SyncPage,
  UsageSummary,
  User,
} from "./types.ts";

const id = encodeURIComponent;

function query(values: Record<string, string | number | null | undefined>): string {
  const filled = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(filled.map(([key, value]) => [key, String(value)])).toString();
  return text ? `?${text}` : "";
}

// Session and accounts

export const getSession = () => http<Boot>("GET", "/session");
export const signIn = (body: { email: string; password: string } | { access_code: string }) =>
  http<{ user: User }>("POST", "/session", { body, quiet401: true });
export const signOut = () => http<void>("DELETE", "/session");
export type SetupInput = { email: string; name: string; password: string; locale?: string; token?: string };
export const setUp = (body: SetupInput) => http<{ user: User }>("POST", "/setup", { body, quiet401: true });
export const changePassword = (body: { current: string; new: string }) => http<void>("POST", "/users/me/password", { body });
export type UserPatch = Partial<Pick<User, "name" | "locale" | "theme" | "role" | "status">> & { password?: string };
export const patchUser = (user: string, body: UserPatch) => http<User>("PATCH", `/users/${id(user)}`, { body });
export const listUsers = (cursor?: string | null) => http<Page<User>>("GET", `/users${query({ cursor, limit: 50 })}`);
export const createUser = (body: { email: string; name: string; password: string; role: string }) => http<User>("POST", "/users", { body });
export const listKeys = () => http<Page<ApiKey>>("GET", "/keys");
export const createKey = (body: { name: string; scopes: string[]; expires?: string }) =>
  http<{ key: ApiKey; secret: string }>("POST", "/keys", { body });
export const deleteKey = (key: string) => http<void>("DELETE", `/keys/${id(key)}`);
export const listSessions = () => http<Page<SessionInfo>>("GET", "/sessions");
export const deleteSession = (session: string) => http<void>("DELETE", `/sessions/${id(session)}`);

// Conversations and messages

export const listConversations = (cursor?: string | null) =>
  http<Page<Conversation>>("GET", `/conversations${query({ cursor, limit: 50 })}`);
export const getConversation = (conversation: string) => http<Conversation>("GET", `/conversations/${id(conversation)}`);
export const patchConversation = (conversation: string, body: { title?: string; model?: ModelRef }, ifMatch?: number) =>
  http<Conversation>("PATCH", `/conversations/${id(conversation)}`, { body, ifMatch });
export const deleteConversation = (conversation: string) => http<void>("DELETE", `/conversations/${id(conversation)}`);
export const restoreConversation = (conversation: string) =>
  http<Conversation | undefined>("POST", `/conversations/${id(conversation)}/restore`);
export const listMessages = (conversation: string, before?: string | null) =>
  http<Page<Message>>("GET", `/conversations/${id(conversation)}/messages${query({ before, limit: 100 })}`);
export const selectBranch = (conversation: string, message: string) =>
  http<Conversation>("POST", `/conversations/${id(conversation)}/branch`, { body: { message } });
export const searchText = (q: string, signal?: AbortSignal) =>
  http<Page<SearchHit>>("GET", `/search${query({ q, limit: 20 })}`, { signal });
export const exportPath = (conversation: string, format: "json" | "markdown") =>
  `/conversations/${id(conversation)}/export?format=${format}`;

// Runs

export type SendInput = {
  id: string;
  parent: string | null;
  parts: InputPart[];
  model: ModelRef;
  conversation?: { title?: string };
};
export const sendMessage = (conversation: string, body: SendInput) =>
  http<Started>("POST", `/conversations/${id(conversation)}/messages`, { body });
export const editMessage = (message: string, body: { id: string; parts: InputPart[]; model?: ModelRef }) =>
  http<Started>("POST", `/messages/${id(message)}/edit`, { body });
export const regenerateMessage = (message: string, body: { id: string; model?: ModelRef }) =>
  http<Started>("POST", `/messages/${id(message)}/regenerate`, { body });
export const continueRun = (run: string, body: { id: string }) => http<Started>("POST", `/runs/${id(run)}/continue`, { body });
export const cancelRun = (run: string) => http<Run>("POST", `/runs/${id(run)}/cancel`);
export const approveCall = (run: string, call: string, approve: boolean) =>
  http<Run>("POST", `/runs/${id(run)}/approvals/${id(call)}`, { body: { approve } });
export const getChanges = (since: number) => http<SyncPage>("GET", `/sync${query({ since })}`);

// Models and providers

export const listModels = () => http<{ items: Model[]; default: ModelRef | null }>("GET", "/models");
export const listProviders = () => http<Page<Provider>>("GET", "/providers");
export type ProviderInput = { kind: ProviderKind; name: string; base_url?: string; keys?: string[] };
export const createProvider = (body: ProviderInput) => http<Provider>("POST", "/providers", { body });
export type ProviderPatch = { name?: string; base_url?: string | null; keys?: string[]; enabled?: boolean; position?: number };
export const patchProvider = (provider: string, body: ProviderPatch) => http<Provider>("PATCH", `/providers/${id(provider)}`, { body });
export const deleteProvider = (provider: string) => http<void>("DELETE", `/providers/${id(provider)}`);
export const testProvider = (provider: string, body: { model?: string; continuation?: boolean } = {}) =>
  http<ProviderTest>("POST", `/providers/${id(provider)}/test`, { body });
export const discoverModels = (provider: string) => http<{ added: number; items: Model[] }>("POST", `/providers/${id(provider)}/discover`);
export const listProviderModels = (provider: string) => http<{ items: Model[] }>("GET", `/providers/${id(provider)}/models`);
const modelPath = (provider: string, model: string) => `/providers/${id(provider)}/models/${model.split("/").map(id).join("/")}`;
export const patchProviderModel = (provider: string, model: string, body: { enabled?: boolean; name?: string; position?: number }) =>
  http<Model>("PATCH", modelPath(provider, model), { body });
export const putProviderModel = (provider: string, model: string, body: { name?: string; enabled?: boolean } = {}) =>
  http<Model>("PUT", modelPath(provider, model), { body });

// Files

export const createFile = (body: { id: string; name: string; size: number; media_type: string }, signal?: AbortSignal) =>
  http<StoredFile>("POST", "/files", { body, signal });
export const putFilePart = (file: string, part: number, raw: Blob, signal?: AbortSignal) =>
  http<void>("PUT", `/files/${id(file)}/parts/${part}`, { raw, signal } satisfies HttpOptions);
export const finishFile = (file: string, signal?: AbortSignal) => http<StoredFile>("POST", `/files/${id(file)}`, { signal });
export const filePath = (file: string) => `/files/${id(file)}/content`;

// Settings

export const getUsage = () => http<UsageSummary>("GET", "/usage");
export type OwnSettings = { theme?: string; locale?: string; send_key?: "enter" | "mod_enter"; default_model?: ModelRef | null };
export const getSettings = () => http<OwnSettings>("GET", "/settings");
export const patchSettings = (body: OwnSettings) => http<OwnSettings>("PATCH", "/settings", { body });
export type InstanceSettings = { name?: string; default_model?: ModelRef | null };
export const getInstanceSettings = () => http<InstanceSettings>("GET", "/settings/instance");
export const patchInstanceSettings = (body: InstanceSettings) => http<InstanceSettings>("PATCH", "/settings/instance", { body });
