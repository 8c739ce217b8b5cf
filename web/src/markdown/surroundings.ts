import { createContext } from "react";
import { NO_NOTES, type Notes } from "./notes.ts";

/** The address under which a remote image is shown through a server of ours. */
export type ImageAddress = (url: string) => string;

/** A page on which a text rests; its number is its place. */
export type Source = { url: string; title?: string | null };

export const NO_SOURCES: readonly Source[] = [];

/** What the parts of one text share: `prefix` makes its ids unique on the page. */
export type Surroundings = { prefix: string; notes: Notes; done: boolean; imageAddress: ImageAddress | null; sources: readonly Source[] };

export const SurroundingsContext = createContext<Surroundings>({
  prefix: "",
  notes: NO_NOTES,
  done: true,
  imageAddress: null,
  sources: NO_SOURCES,
});
