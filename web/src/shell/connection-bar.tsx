import { useEffect, useState } from "react";
import { useSession } from "../api/session.ts";
import { classes } from "../design/classes.ts";
import { Spinner } from "../design/spinner.tsx";
import { t } from "../i18n/index.ts";

const QUIET_MS = 1_500;
const BACK_MS = 2_000;

type Shown = "nothing" | "lost" | "back";

/** A thin bar while the page has no connection, and a short word when it is back. A gap too short to notice stays unsaid. */
export function ConnectionBar() {
  const shown = useShown();
  const online = useOnline();
  return (
    <div aria-live="polite" className="relative z-10">
      {shown !== "nothing" && (
        <div
          className={classes(
            "flex h-8 animate-fade items-center justify-center gap-2 text-sm",
            shown === "lost" ? "bg-warn-soft text-warn" : "bg-ok-soft text-ok",
          )}
          data-testid="connection"
        >
          {shown === "lost" && <Spinner className="size-3.5" />}
          {shown === "back" ? t("connection.back") : t(online ? "connection.lost" : "connection.offline")}
        </div>
      )}
    </div>
  );
}

function useShown(): Shown {
  const connection = useSession((state) => state.connection);
  const [shown, setShown] = useState<Shown>("nothing");
  useEffect(() => {
    if (connection === "lost") {
      const timer = setTimeout(() => setShown("lost"), QUIET_MS);
      return () => clearTimeout(timer);
    }
    if (connection !== "open") return;
    setShown((before) => (before === "lost" ? "back" : before));
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
