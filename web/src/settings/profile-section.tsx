import { patchSettings, patchUser, type UserPatch } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { useSession, useUser } from "../api/session.ts";
import type { Role } from "../api/types.ts";
import { Avatar } from "../design/avatar.tsx";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { Select } from "../design/select.tsx";
import { toast } from "../design/toast.tsx";
import { useForm } from "../design/use-form.ts";
import { useChangeLocale } from "../i18n/context.ts";
import { describeError } from "../i18n/errors.ts";
import { currentLocale, type Key, languages, t } from "../i18n/index.ts";
import { EmailForm } from "./email-form.tsx";
import { UsageSummary } from "./usage-summary.tsx";

const ROLES: Record<Role, Key> = { admin: "role.admin", member: "role.member", guest: "role.guest" };

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
      <SectionHead title={t("settings.profile")} />
      <div className="flex max-w-md flex-col gap-6">
        <div className="flex items-center gap-4">
          <Avatar id={user.id} name={user.name} large />
          <div className="min-w-0">
            <p className="truncate font-semibold text-lg">{user.name}</p>
            <p className="truncate text-text-3 text-sm">{t(ROLES[user.role])}</p>
          </div>
        </div>
        <form className="flex flex-col gap-3" onSubmit={form.onSubmit}>
          <FormError error={form.error} />
          <div className="flex items-end gap-2">
            <Field label={t("account.name")} name="name" defaultValue={user.name} required maxLength={80} className="flex-1" />
            <Button type="submit" busy={form.busy} className="min-w-22">
              {t("common.save")}
            </Button>
          </div>
        </form>
        {user.email && <EmailForm email={user.email} />}
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
