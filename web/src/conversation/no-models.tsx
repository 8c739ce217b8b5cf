import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { listAdministrators } from "../api/people.ts";
import { keys } from "../api/queries.ts";
import { isAdmin, useSession } from "../api/session.ts";
import { NoticeBox } from "../design/notice-box.tsx";
import { formatList, t } from "../i18n/index.ts";

/** Nothing can answer yet: an administrator gets the way to change that, others whom to ask, by name unless they are guests. */
export function NoModels() {
  const user = useSession((state) => state.user);
  const member = user?.role === "member";
  const named = useQuery({ queryKey: keys.administrators, queryFn: listAdministrators, enabled: member }).data?.items ?? [];
  if (!isAdmin(user)) {
    const names = formatList(named.map(({ name }) => name));
    return <NoticeBox tone="warn">{names ? t("model.askNamed", { names }) : t("model.askAdmin")}</NoticeBox>;
  }
  return (
    <NoticeBox tone="warn">
      {t("model.noneYet")}{" "}
      <Link href="/settings/providers" className="font-medium underline underline-offset-4">
        {t("model.connect")}
      </Link>
    </NoticeBox>
  );
}
