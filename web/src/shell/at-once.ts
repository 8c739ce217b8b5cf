import type { PageAction } from "./shortcuts.ts";

export type Place = { location: string; navigate: (path: string) => void; toggleSidebar: () => void };

export type AtOnce = Extract<PageAction, "newConversation" | "settings" | "sidebar" | "model" | "composer">;
export type Acts = Partial<Record<PageAction, () => void>>;

/** What has to act in the same moment: whoever goes on typing must not be led away by a key from before. The rest is fetched when it is wanted. */
export function atOnce({ navigate, toggleSidebar }: Place): Record<AtOnce, () => void> {
  return {
    newConversation: () => navigate("/"),
    settings: () => navigate("/settings"),
    sidebar: toggleSidebar,
    model: () => document.getElementById("model-picker")?.click(),
    composer: focusComposer,
  };
}

export function focusComposer(): void {
  document.getElementById("composer")?.focus();
}
