import { useEffect, useRef } from "react";
import { setUnauthorizedHandler } from "../api/http.ts";
import { useSession } from "../api/session.ts";
import { deliver } from "../conversation/actions.ts";
import { liveRuns } from "../conversation/live.ts";
import { openOutbox } from "../conversation/outbox.ts";
import { retry } from "../design/retry.ts";
import { useChangeLocale } from "../i18n/context.ts";
import { adoptOwnSettings } from "./own-settings.ts";

const load = () => import("./connection.ts");

/** Holds the page's one connection while somebody is signed in. Its code comes after the first paint, what was written but not sent goes out at once. */
export function useConnection(user: string): void {
  const changeLocale = useRef(useChangeLocale());
  useEffect(() => {
    setUnauthorizedHandler(() => useSession.setState({ expired: true }));
    for (const letter of openOutbox(user)) void deliver(letter.conversation, letter.body);
    let end: (() => void) | null = null;
    const loadOwnSettings = () => void adoptOwnSettings(changeLocale.current);
    const giveUp = retry(load, ({ connect }) => {
      end = connect(user, loadOwnSettings);
    });
    return () => {
      giveUp();
      end?.();
      liveRuns.clear();
    };
  }, [user]);
}
