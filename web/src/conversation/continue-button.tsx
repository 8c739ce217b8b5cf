import { useState } from "react";
import type { Message } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { t } from "../i18n/index.ts";
import { continueAnswer } from "./actions.ts";
import { attempt } from "./attempt.ts";

/** Goes on with an answer that was stopped or broken off. */
export function ContinueButton({ message }: { message: Message }) {
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    await attempt(continueAnswer(message));
    setBusy(false);
  };
  return (
    <Button small busy={busy} onClick={() => void go()}>
      {t("answer.continue")}
    </Button>
  );
}
