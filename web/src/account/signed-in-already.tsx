import { useState } from "react";
import { signOut } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { forgetDevice } from "../api/forget.ts";
import { pageUrl } from "../api/http.ts";
import type { User } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";

/** An invitation opened by somebody who has an account here: to take it up, that one must be left first. */
export function SignedInAlready({ user, onStay }: { user: User; onStay: () => void }) {
  const [busy, setBusy] = useState(false);
  const leave = async () => {
    setBusy(true);
    try {
      await signOut();
      await forgetDevice(pageUrl(""));
      location.reload(); // The same address, as nobody: nothing of the old account stays in memory.
    } catch (error) {
      setBusy(false);
      toast(describeError(asApiError(error)), { tone: "error" });
    }
  };
  return (
    <div className="flex flex-col gap-4">
      <p>{t("invited.signedIn", { name: user.email ?? user.name })}</p>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" busy={busy} onClick={() => void leave()}>
          {t("invited.leave")}
        </Button>
        <Button look="quiet" onClick={onStay}>
          {t("invited.stay")}
        </Button>
      </div>
    </div>
  );
}
