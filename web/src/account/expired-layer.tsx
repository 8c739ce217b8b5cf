import { getSession } from "../api/client.ts";
import { forgetDevice } from "../api/forget.ts";
import { pageUrl } from "../api/http.ts";
import { queryClient } from "../api/queries.ts";
import { adoptBoot, useUser } from "../api/session.ts";
import { Layer } from "../design/layer.tsx";
import { t } from "../i18n/index.ts";
import { SignInForm } from "./sign-in-form.tsx";

/** The session ended while the page was open: sign in again over it; what was being written stays. */
export default function ExpiredLayer() {
  const user = useUser();
  const enter = async () => {
    const boot = await getSession();
    if (boot.user?.id !== user.id) {
      // Somebody else: nothing of the person before may be seen, neither what was loaded nor what was begun.
      await forgetDevice(pageUrl(""));
      location.reload();
      return;
    }
    adoptBoot(boot);
    await queryClient.invalidateQueries();
  };
  return (
    <Layer title={t("signIn.expired")} onClose={() => undefined}>
      <p className="pb-4 text-text-2">{t("signIn.expiredText")}</p>
      <SignInForm onDone={enter} email={user.email ?? undefined} />
    </Layer>
  );
}
