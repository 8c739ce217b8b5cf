import { useLocation } from "wouter";
import { useUser } from "../api/session.ts";
import type { InputPart } from "../api/types.ts";
import { Late } from "../design/late.tsx";
import { Logo } from "../design/logo.tsx";
import { t } from "../i18n/index.ts";
import { send } from "./actions.ts";
import { useBeginning } from "./beginning.ts";
import { BeginningBar } from "./beginning-bar.tsx";
import { Composer } from "./composer.tsx";
import { Ideas } from "./home-ideas.tsx";
import { greetingOf } from "./ideas.ts";
import { RecentConversations } from "./recent-conversations.tsx";
import { useModel } from "./use-model.ts";

const loadNoModels = () => import("./no-models.tsx").then((part) => ({ default: part.NoModels }));

/** The start of a new conversation: a greeting, the composer, and a few ways to begin. */
export function HomePage() {
  const user = useUser();
  const choice = useModel(null);
  const [, navigate] = useLocation();
  const { model } = choice;
  const temporary = useBeginning((state) => state.temporary);
  const guest = user.role === "guest";
  const onSend = (parts: InputPart[]) => {
    if (model) navigate(`/c/${send(null, parts, { provider: model.provider, model: model.id })}`);
  };
  return (
    <div className="thin-scroll flex min-h-0 flex-1 flex-col overflow-y-auto px-3 pb-[max(12px,var(--safe-bottom,env(safe-area-inset-bottom)))] md:px-6">
      <BeginningBar />
      <div className="mx-auto flex w-full max-w-2xl flex-1 flex-col justify-end gap-5 md:justify-center md:pb-[12vh]">
        <div className="flex flex-1 flex-col items-center justify-center gap-4 py-4 text-center md:flex-none">
          <Logo size={40} />
          <h1 className="max-w-full text-balance font-semibold text-2xl [overflow-wrap:anywhere] max-md:text-xl">
            {guest ? t("home.greetingGuest") : t(greetingOf(new Date()), { name: callName(user.name) })}
          </h1>
          {temporary && (
            <p role="status" className="max-w-md animate-fade text-balance text-sm text-text-2">
              {t("temporary.explained")}
            </p>
          )}
          {guest && <p className="text-balance text-sm text-text-3">{t("home.guest")}</p>}
        </div>
        {!choice.loading && !model && <Late load={loadNoModels} props={{}} fallback={null} />}
        <RecentConversations />
        <div className="min-h-10 md:order-last md:min-h-24">{model && <Ideas demo={model.demo} onSend={onSend} />}</div>
        <Composer conversation={null} choice={choice} running={false} onSend={onSend} onStop={() => undefined} />
      </div>
    </div>
  );
}

const LONG_NAME = 24;

/** A long name is for documents: what greets is its first word. */
function callName(name: string): string {
  return name.length > LONG_NAME ? (name.split(" ")[0] ?? name) : name;
}
