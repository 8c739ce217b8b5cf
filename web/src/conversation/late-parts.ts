/** Parts of a conversation whose code comes later; what they are stands in rare-parts.ts. */
type Rare = typeof import("./rare-parts.ts");

const rare = () => import("./rare-parts.ts");
const part =
  <Name extends keyof Rare>(name: Name) =>
  () =>
    rare().then((parts) => ({ default: parts[name] }));

export const loadComparison = () => import("./comparison.tsx").then((parts) => ({ default: parts.Comparison }));
export const loadCitations = () => import("./citations.tsx").then((parts) => ({ default: parts.Citations }));
export const loadLightbox = () => import("./lightbox.tsx").then((parts) => ({ default: parts.Lightbox }));
export const loadAssistantActions = part("AssistantActions");
export const loadBranchArrows = part("BranchArrows");
export const loadConversationMissing = part("ConversationMissing");
export const loadFailureNote = part("FailureNote");
export const loadHostedTool = part("HostedTool");
export const loadJump = part("jump");
export const loadJumpButton = part("JumpButton");
export const loadMessageEditor = part("MessageEditor");
export const loadNamedText = part("NamedText");
export const loadReasoning = part("ReasoningBlock");
export const loadRefusedNote = part("RefusedNote");
export const loadShareButton = part("ShareButton");
export const loadToolCard = part("ToolCard");
export const loadToolDetails = part("ToolDetails");

/** Fetches them ahead: an answer must be stopped, and a refusal be shown, while the network is away. */
export function loadAhead(): void {
  const load = () => void Promise.allSettled([rare(), loadComparison()]);
  if (typeof requestIdleCallback === "function") requestIdleCallback(load, { timeout: 5_000 });
  else setTimeout(load, 1_500);
}
