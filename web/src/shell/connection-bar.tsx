import { useEffect, useState } from "react";
import { useSession } from "../api/session.ts";
import { classes } from "../design/classes.ts";
import { Spinner } from "../design/spinner.tsx";
import { t } from "../i18n/index.ts";

const QUIET_MS = 1_500;
const BACK_MS = 2_000;

type Shown = "nothing" | "lost" | "restarting" | "back";

/** A thin bar while the page has no connection, and a short word when it is back. A gap too short to notice stays unsaid. */
export function ConnectionBar() {
  const shown = useShown();
  const online = useOnline();
  const away = shown === "lost" || shown === "restarting";
  return (
    <div aria-live="polite" className="relative z-10">
      {shown !== "nothing" && (
        <div
          className={classes(
            "flex h-8 animate-fade items-center justify-center gap-2 text-sm max-md:h-11",
            away ? "bg-warn-soft text-warn" : "bg-ok-soft text-ok",
          )}
          data-testid="connection"
        >
          {away && <Spinner className="size-3.5" />}
          {textOf(shown, online)}
          {away && online && (
            <button type="button" onClick={useSession.getState().reconnect} className="rounded-sm px-1.5 font-medium underline max-md:h-11">
              {t("connection.retry")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Without a network it is the person's own; a server that said goodbye comes back; else nobody knows more than that nothing answers. */
function textOf(shown: Exclude<Shown, "nothing">, online: boolean): string {
  if (shown === "back") return t("connection.back");
  if (!online) return t("connection.offline");
  return shown === "restarting" ? t("connection.restarting") : t("connection.lost");
}

function useShown(): Shown {
  const connection = useSession((state) => state.connection);
  const [shown, setShown] = useState<Shown>("nothing");
  useEffect(() => {
    if (connection === "lost" || connection === "restarting") {
      const timer = setTimeout(() => setShown(connection), QUIET_MS);
      return () => clearTimeout(timer);
    }
    if (connection !== "open") return;
    setShown((before) => (before === "nothing" ? "nothing" : "back"));
    const timer = setTimeout(() => setShown("nothing"), BACK_MS);
    return () => clearTimeout(timer);
  }, [connection]);
  return shown;
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    window.addEventListener("online", update);
    window.addEventListener("offline", update);
    return () => {
      window.removeEventListener("online", update);
      window.removeEventListener("offline", update);
    };
  }, []);
  return online;
}
