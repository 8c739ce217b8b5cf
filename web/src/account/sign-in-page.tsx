import { getSession } from "../api/client.ts";
import { adoptBoot, useSession } from "../api/session.ts";
import { useChangeLocale } from "../i18n/context.ts";
import { t } from "../i18n/index.ts";
import { AccountFrame } from "./frame.tsx";
import { SignInForm } from "./sign-in-form.tsx";

/** Sign-in; afterwards the page shows what its address says. */
export default function SignInPage() {
  const name = useSession((state) => state.boot?.instance.name ?? "Portico");
  const changeLocale = useChangeLocale();
  const enter = async () => {
    const boot = await getSession();
    if (boot.user?.locale) await changeLocale(boot.user.locale);
    adoptBoot(boot);
  };
  return (
    <AccountFrame title={t("signIn.title", { name })}>
      <SignInForm onDone={enter} />
    </AccountFrame>
  );
}
