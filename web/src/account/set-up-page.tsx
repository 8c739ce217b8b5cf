import { noteFirstRun, useSession } from "../api/session.ts";
import { t } from "../i18n/index.ts";
import { AccountFrame } from "./frame.tsx";
import { SetUpAccount } from "./set-up-account.tsx";
import { SetUpModel } from "./set-up-model.tsx";

/** The first run in two steps: the administrator, then a first model. A reload after the first step comes back to the second. */
export default function SetUpPage() {
  const user = useSession((state) => state.user);
  if (!user) {
    return (
      <AccountFrame title={t("setUp.title")} text={t("setUp.text")}>
        <SetUpAccount />
      </AccountFrame>
    );
  }
  return (
    <AccountFrame title={t("setUp.modelTitle")} text={t("setUp.modelText")}>
      <SetUpModel onDone={() => noteFirstRun(false)} />
    </AccountFrame>
  );
}
