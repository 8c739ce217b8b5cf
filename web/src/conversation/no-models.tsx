import { Link } from "wouter";
import { isAdmin, useSession } from "../api/session.ts";
import { NoticeBox } from "../design/notice-box.tsx";
import { t } from "../i18n/index.ts";

/** Nothing can answer yet: an administrator gets the way to change that, others whom to ask. */
export function NoModels() {
  const admin = isAdmin(useSession((state) => state.user));
  if (!admin) return <NoticeBox tone="warn">{t("model.askAdmin")}</NoticeBox>;
  return (
    <NoticeBox tone="warn">
      {t("model.noneYet")}{" "}
      <Link href="/settings/providers" className="font-medium underline underline-offset-4">
        {t("model.connect")}
      </Link>
    </NoticeBox>
  );
}
