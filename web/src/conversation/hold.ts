import { createContext } from "react";

/** Keeps the view from following the end of the conversation, for what a person does further up in it. */
export const Hold = createContext<() => void>(() => undefined);
