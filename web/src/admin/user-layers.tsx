import type { User } from "../api/types.ts";
import { Layer } from "../design/layer.tsx";
import { t } from "../i18n/index.ts";
import { GuestForm } from "./guest-form.tsx";
import { InviteForm } from "./invite-form.tsx";
import { type Made, MadeLink } from "./made-link.tsx";
import { UserForm } from "./user-form.tsx";

export type UserLayer = { kind: "add" } | { kind: "invite" } | { kind: "guest"; guest: User } | { kind: "link"; made: Made };

/** The dialog over the list of users that is open, if any. */
export function UserLayers({ layer, onChange }: { layer: UserLayer | null; onChange: (layer: UserLayer | null) => void }) {
  const close = () => onChange(null);
  switch (layer?.kind) {
    case "add":
      return (
        <Layer title={t("users.add")} onClose={close}>
          <UserForm onSaved={close} />
        </Layer>
      );
    case "invite":
      return (
        <Layer title={t("invite.title")} onClose={close}>
          <InviteForm onMade={(made) => onChange({ kind: "link", made })} />
        </Layer>
      );
    case "guest":
      return (
        <Layer title={t("users.makeAccount")} onClose={close}>
          <GuestForm guest={layer.guest} onSaved={close} />
        </Layer>
      );
    case "link":
      return (
        <Layer title={t("invite.ready")} onClose={close}>
          <MadeLink made={layer.made} onClose={close} />
        </Layer>
      );
    default:
      return null;
  }
}
