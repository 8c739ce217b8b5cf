import { createContext, useContext } from "react";
import type { LocaleName } from "./index.ts";

/** Changes the language of the whole page. */
export const LocaleContext = createContext<(name: LocaleName) => Promise<void>>(async () => undefined);

export function useChangeLocale(): (name: LocaleName) => Promise<void> {
  return useContext(LocaleContext);
}
