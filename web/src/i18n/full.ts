/** What code that the first paint does not run imports in place of `index.ts` (`plugins/locales.ts` sees to it): their own texts come with them. */
import { loadRest } from "./index.ts";

export * from "./index.ts";

await loadRest();
