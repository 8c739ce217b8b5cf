import { create } from "zustand";

export type LayerName = "palette" | "keys" | "rename" | null;

/** The layer that is open over the page, if one is. */
export const useLayers = create<{ open: LayerName }>(() => ({ open: null }));

export function openLayer(name: LayerName): void {
  useLayers.setState({ open: name });
}
