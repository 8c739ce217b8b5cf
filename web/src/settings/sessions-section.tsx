import { useQuery } from "@tanstack/react-query";
import { deleteSession, listSessions } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys, queryClient } from "../api/queries.ts";
import { Button } from "../design/button.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatDate, t } from "../i18n/index.ts";

/** Where this person is signed in. */
export function SessionsSection() {
  const { data, error } = useQuery({ queryKey: keys.sessions, queryFn: listSessions });
  const end = async (id: string) => {
    try {
      await deleteSession(id);
    } catch (failure) {
      toast(describeError(asApiError(failure)), { tone: "error" });
    }
    await queryClient.invalidateQueries({ queryKey: keys.sessions });
  };
  return (
    <>
      <SectionHead title={t("settings.sessions")} text={t("sessions.intro")} />
      {error && <NoticeBox tone="danger">{describeError(asApiError(error))}</NoticeBox>}
      <ul className="divide-y divide-border rounded-md border border-border bg-raised empty:hidden">
        {data?.items.map((session) => (
          <li key={session.id} className="flex items-center gap-3 px-4 py-3">
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">
                {session.user_agent || t("sessions.unknown")}
                {session.current && (
                  <span className="ms-2 rounded-full bg-ok-soft px-2 py-0.5 text-ok text-xs">{t("sessions.current")}</span>
                )}
              </span>
              <span className="block truncate text-text-3 text-xs">
                {[session.address, formatDate(session.last_used)].filter(Boolean).join(" · ")}
              </span>
            </span>
            {!session.current && (
              <Button small look="danger" onClick={() => void end(session.id)}>
                {t("sessions.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
