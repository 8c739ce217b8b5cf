import { createContext } from "react";
import { NO_NOTES, type Notes } from "./notes.ts";

/** The address under which a remote image is shown through a server of ours. */
export type ImageAddress = (url: string) => string;

/** What the parts of one text share: `prefix` makes its ids unique on the page. */
export type Surroundings = { prefix: string; notes: Notes; done: boolean; imageAddress: ImageAddress | null };

export const SurroundingsContext = createContext<Surroundings>({ prefix: "", notes: NO_NOTES, done: true, imageAddress: null });
