/** Parts of a message that few messages need: their code comes when the first one is shown, or when the browser has nothing else to do. */
export const loadFailureNote = () => import("./failure-note.tsx").then((part) => ({ default: part.FailureNote }));
export const loadComparison = () => import("./comparison.tsx").then((part) => ({ default: part.Comparison }));
export const loadRefusedNote = () => import("./refused-note.tsx").then((part) => ({ default: part.RefusedNote }));
export const loadMessageEditor = () => import("./message-editor.tsx").then((part) => ({ default: part.MessageEditor }));
export const loadNamedText = () => import("./named-text.tsx").then((part) => ({ default: part.NamedText }));
export const loadToolDetails = () => import("./tool-details.tsx").then((part) => ({ default: part.ToolDetails }));
export const loadReasoning = () => import("./reasoning-block.tsx").then((part) => ({ default: part.ReasoningBlock }));
export const loadBranchArrows = () => import("./branch-arrows.tsx").then((part) => ({ default: part.BranchArrows }));
export const loadCitations = () => import("./citations.tsx").then((part) => ({ default: part.Citations }));
export const loadJumpButton = () => import("./jump-button.tsx").then((part) => ({ default: part.JumpButton }));
export const loadJump = () => import("./jump.ts");
export const loadToolCard = () => import("./tool-card.tsx").then((part) => ({ default: part.ToolCard }));
export const loadHostedTool = () => import("./hosted-tool.tsx").then((part) => ({ default: part.HostedTool }));
export const loadConversationMissing = () => import("./conversation-missing.tsx").then((part) => ({ default: part.ConversationMissing }));

const ALL = [
  loadReasoning,
  loadBranchArrows,
  loadCitations,
  loadComparison,
  loadFailureNote,
  loadRefusedNote,
  loadMessageEditor,
  loadNamedText,
  loadToolDetails,
  loadToolCard,
  loadHostedTool,
  loadConversationMissing,
  loadJump,
  loadJumpButton,
];

/** Fetches them ahead: an answer must be stopped, and a refusal be shown, while the network is away. */
export function loadAhead(): void {
  const load = () => void Promise.allSettled(ALL.map((part) => part()));
  if (typeof requestIdleCallback === "function") requestIdleCallback(load, { timeout: 5_000 });
  else setTimeout(load, 1_500);
}
