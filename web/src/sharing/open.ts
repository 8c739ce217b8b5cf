import { create } from "zustand";

/** The conversation whose share dialog is open. */
export const useSharing = create<{ conversation: string | null }>(() => ({ conversation: null }));

export function openSharing(conversation: string): void {
  useSharing.setState({ conversation });
}

export function closeSharing(): void {
  useSharing.setState({ conversation: null });
}
