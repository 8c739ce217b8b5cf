import { useState } from "react";
import type { Message } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { t } from "../i18n/index.ts";
import { continueAnswer } from "./actions.ts";
import { attempt } from "./attempt.ts";
import { isUnfinished } from "./local.ts";

/** Goes on with an answer that was stopped or broken off, once the server has stored how far it came. */
export function ContinueButton({ message }: { message: Message }) {
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    await attempt(continueAnswer(message));
    setBusy(false);
  };
  return (
    <Button small busy={busy} disabled={isUnfinished(message.status)} onClick={() => void go()}>
      {t("answer.continue")}
    </Button>
  );
}
