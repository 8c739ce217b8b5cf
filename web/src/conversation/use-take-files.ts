import { useCallback } from "react";
import { toast } from "../design/toast.tsx";
import { t } from "../i18n/index.ts";

/** Adds files to a draft; the code that reads and uploads them comes with the first ones. */
export function useTakeFiles(draft: string): (files: Iterable<File>) => void {
  return useCallback(
    (files) => {
      const taken = [...files]; // The browser empties its own list after the event.
      import("./attach.ts").then(
        ({ attachFiles }) => void attachFiles(draft, taken),
        () => toast(t("error.network"), { tone: "error" }),
      );
    },
    [draft],
  );
}
