import { useState } from "react";
import { useUser } from "../api/session.ts";
import { Button } from "../design/button.tsx";
import { Layer } from "../design/layer.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { t } from "../i18n/index.ts";
import { DeleteAccount } from "./delete-account.tsx";
import { ExportForm } from "./export-form.tsx";

/** What this person may take along, and the end of the account. */
export default function DataSection() {
  const user = useUser();
  const [leaving, setLeaving] = useState(false);
  return (
    <>
      <SectionHead title={t("settings.data")} text={t("data.intro")} />
      <div className="flex max-w-prose flex-col gap-8">
        <section className="flex flex-col gap-3">
          <h2 className="font-semibold text-lg">{t("data.export")}</h2>
          <p className="text-text-2">{t("data.exportText")}</p>
          <ExportForm />
        </section>
        {user.email && (
          <section className="flex flex-col gap-3">
            <h2 className="font-semibold text-lg">{t("data.delete")}</h2>
            <p className="text-text-2">{t("data.deleteText")}</p>
            <Button look="danger" className="self-start" onClick={() => setLeaving(true)}>
              {t("data.delete")}
            </Button>
          </section>
        )}
      </div>
      {leaving && user.email && (
        <Layer title={t("data.delete")} onClose={() => setLeaving(false)}>
          <DeleteAccount email={user.email} />
        </Layer>
      )}
    </>
  );
}
