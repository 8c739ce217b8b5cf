/** The objects of the HTTP API under the names that the page uses. Their shapes are generated from the API's description. */
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type ModelRef = Schemas["ModelRefShape"];
export type User = Schemas["UserShape"];
export type Role = User["role"];
export type Appearance = Schemas["AppearanceShape"];

export type TextPart = Schemas["TextShape"];
export type ReasoningPart = Schemas["ReasoningShape"];
export type ToolCallPart = Schemas["ToolCallShape"];
export type ToolCallState = ToolCallPart["state"];
export type HostedToolPart = Schemas["HostedToolShape"];
export type ImagePart = Schemas["ImageShape"];
export type CitationPart = Schemas["CitationShape"];
export type RefusalPart = Schemas["RefusalShape"];
export type NoticePart = Schemas["NoticeShape"];
export type Part = Message["parts"][number];
export type InputPart = Schemas["TextBody"] | Schemas["ImageBody"];

export type Message = Schemas["MessageShape"];
export type MessageStatus = Message["status"];
export type Run = Schemas["RunShape"];
export type RunState = Run["state"];
export type RunFailure = { code: string; detail?: string | null; message?: string | null; retry_at?: number | null };
export type Usage = Schemas["MessageUsageShape"];
export type Conversation = Schemas["ConversationShape"];
export type Folder = Schemas["FolderShape"];
export type Started = Schemas["AcceptedShape"];
export type SearchHit = Schemas["HitShape"];
export type Change = Schemas["ChangeShape"];
export type SyncPage = Schemas["ChangesShape"];

export type Capabilities = Schemas["CapabilitiesShape"];
export type Model = Schemas["ModelShape"];
export type Provider = Schemas["ProviderShape"];
export type ProviderKind = Provider["kind"];
export type ProviderTest = Schemas["TestShape"];

export type StoredFile = Schemas["FileShape"];
export type ApiKey = Schemas["KeyShape"];
export type SessionInfo = Schemas["SessionShape"];
export type UsageSummary = Schemas["UsageShape"];
export type OwnSettings = Schemas["SettingsPatch"];
export type InstanceSettings = Schemas["InstancePatch"];

export type Page<T> = { items: T[]; next?: string | null };
export type Boot = Schemas["BootShape"];
