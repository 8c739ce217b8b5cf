/** What few messages need, as one file: it comes when the first of it is shown, or when the browser has nothing else to do. */
import "./print.css";

export { ShareButton } from "../sharing/share-button.tsx";
export { AssistantActions } from "./assistant-actions.tsx";
export { BranchArrows } from "./branch-arrows.tsx";
export { ConversationMissing } from "./conversation-missing.tsx";
export { FailureNote } from "./failure-note.tsx";
export { HostedTool } from "./hosted-tool.tsx";
export { jump } from "./jump.ts";
export { JumpButton } from "./jump-button.tsx";
export { MessageEditor } from "./message-editor.tsx";
export { NamedText } from "./named-text.tsx";
export { ReasoningBlock } from "./reasoning-block.tsx";
export { RefusedNote } from "./refused-note.tsx";
export { ToolCard } from "./tool-card.tsx";
export { ToolDetails } from "./tool-details.tsx";
