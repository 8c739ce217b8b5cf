import { useQuery } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { closeOtherSessions } from "../api/account.ts";
import { deleteSession, listSessions } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys, queryClient } from "../api/queries.ts";
import type { SessionInfo } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatRelative, t } from "../i18n/index.ts";
import { deviceOf, isHandheld } from "./user-agent.ts";

/** Where this person is signed in; the one that asks stands first. */
export function SessionsSection() {
  const { data, error, isPending } = useQuery({ queryKey: keys.sessions, queryFn: listSessions });
  const sessions = [...(data?.items ?? [])].sort((a, b) => Number(b.current) - Number(a.current) || b.last_used.localeCompare(a.last_used));
  const run = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (failure) {
      toast(describeError(asApiError(failure)), { tone: "error" });
    }
    await queryClient.invalidateQueries({ queryKey: keys.sessions });
  };
  return (
    <>
      <SectionHead title={t("settings.sessions")} text={t("sessions.intro")}>
        {sessions.length > 1 && (
          <Button small look="danger" onClick={() => void run(closeOtherSessions)}>
            {t("sessions.endOthers")}
          </Button>
        )}
      </SectionHead>
      {error && <NoticeBox tone="danger">{describeError(asApiError(error))}</NoticeBox>}
      {isPending && <div className="skeleton h-16" />}
      <ul className="divide-y divide-border rounded-md border border-border bg-raised empty:hidden">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} onEnd={() => void run(() => deleteSession(session.id))} />
        ))}
      </ul>
    </>
  );
}

function SessionRow({ session, onEnd }: { session: SessionInfo; onEnd: () => void }) {
  const Icon = isHandheld(session.user_agent) ? Smartphone : Monitor;
  const used = t("sessions.used", { time: formatRelative(session.last_used) });
  return (
    <li className="flex items-center gap-3 px-4 py-3">
      <Icon aria-hidden size={18} strokeWidth={1.75} className="shrink-0 text-text-3" />
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-2">
          <span className="truncate font-medium" title={session.user_agent}>
            {deviceOf(session.user_agent)}
          </span>
          {session.current && <span className="rounded-full bg-ok-soft px-2 py-0.5 text-ok text-xs">{t("sessions.current")}</span>}
        </span>
        <span className="block text-text-3 text-xs [overflow-wrap:anywhere]">
          <span className="max-md:block">{used}</span>
          {session.address && <span className="max-md:hidden"> · </span>}
          {session.address}
        </span>
      </span>
      {!session.current && (
        <Button small look="danger" onClick={onEnd}>
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}
