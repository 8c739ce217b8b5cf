import { invitationUrl } from "../api/people.ts";
import { Button } from "../design/button.tsx";
import { CopyButton } from "../design/copy-button.tsx";
import { inputClass } from "../design/field.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { t } from "../i18n/index.ts";

export type Made = { path: string; text: string };

/** A link that lets somebody in, shown this once, for the administrator to hand over. */
export function MadeLink({ made, onClose }: { made: Made; onClose: () => void }) {
  const url = invitationUrl(made.path);
  return (
    <div className="flex flex-col gap-4">
      <p>{made.text}</p>
      <div className="flex items-center gap-1">
        <input
          readOnly
          value={url}
          data-testid="made-link"
          aria-label={t("invite.link")}
          onFocus={(event) => event.target.select()}
          className={inputClass}
        />
        <CopyButton text={() => url} label={t("share.copy")} />
      </div>
      <NoticeBox>{t("invite.noMail")}</NoticeBox>
      <Button look="primary" className="self-end" onClick={onClose}>
        {t("invite.done")}
      </Button>
    </div>
  );
}
