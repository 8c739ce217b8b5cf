/** What views outside of the shell import in place of `index.ts` (`plugins/locales.ts` sees to it): their own texts come with them. */
import { loadRest } from "./index.ts";

export * from "./index.ts";

await loadRest();
