import { patchSettings, patchUser, type UserPatch } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { useSession, useUser } from "../api/session.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { Select } from "../design/select.tsx";
import { toast } from "../design/toast.tsx";
import { useForm } from "../design/use-form.ts";
import { useChangeLocale } from "../i18n/context.ts";
import { describeError } from "../i18n/errors.ts";
import { currentLocale, languages, t } from "../i18n/index.ts";
import { UsageSummary } from "./usage-summary.tsx";

/** Name, language, and the key that sends. */
export function ProfileSection() {
  const user = useUser();
  const sendKey = useSession((state) => state.sendKey);
  const changeLocale = useChangeLocale();
  const form = useForm(async ({ name = "" }) => {
    useSession.setState({ user: await patchUser(user.id, { name }) });
    toast(t("common.saved"));
  });
  const patch = async (body: UserPatch) => {
    try {
      useSession.setState({ user: await patchUser(user.id, body) });
    } catch (error) {
      toast(describeError(asApiError(error)), { tone: "error" });
    }
  };
  const chooseSendKey = (key: "enter" | "mod_enter") => {
    useSession.setState({ sendKey: key });
    patchSettings({ send_key: key }).catch((error) => toast(describeError(asApiError(error)), { tone: "error" }));
  };
  return (
    <>
      <SectionHead title={t("settings.profile")} text={user.email ?? undefined} />
      <div className="flex max-w-md flex-col gap-6">
        <form className="flex flex-col gap-3" onSubmit={form.onSubmit}>
          <FormError error={form.error} />
          <div className="flex items-end gap-2">
            <Field label={t("account.name")} name="name" defaultValue={user.name} required maxLength={80} className="flex-1" />
            <Button type="submit" busy={form.busy}>
              {t("common.save")}
            </Button>
          </div>
        </form>
        <Select
          label={t("settings.language")}
          value={currentLocale()}
          options={[...languages]}
          onChange={(event) => {
            const locale = event.target.value;
            // Stored first: the page begins anew in the other language, and asks the server which one it is.
            void patch({ locale }).then(() => changeLocale(locale));
          }}
        />
        <Select
          label={t("settings.sendKey")}
          value={sendKey}
          onChange={(event) => chooseSendKey(event.target.value === "mod_enter" ? "mod_enter" : "enter")}
          options={[
            { value: "enter", label: t("sendKey.enter") },
            { value: "mod_enter", label: t("sendKey.modEnter") },
          ]}
        />
        <UsageSummary />
      </div>
    </>
  );
}
