import { ArrowLeftRight, CircleAlert, Scissors } from "lucide-react";
import { Link } from "wouter";
import { findModel } from "../api/queries.ts";
import { isAdmin, useSession } from "../api/session.ts";
import type { Message, Model } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { Menu } from "../design/menu.tsx";
import { t } from "../i18n/index.ts";
import { regenerate } from "./actions.ts";
import { attempt } from "./attempt.ts";
import { regenerateShorter } from "./beside.ts";
import { refOf } from "./compared.ts";
import { ContinueButton } from "./continue-button.tsx";
import { describeFailure, failureKind, failureOwner, IN_SETTINGS } from "./errors.ts";
import { RequestId } from "./request-id.tsx";
import { RetryButton } from "./retry-button.tsx";
import type { ModelChoice } from "./use-model.ts";

/** A failed answer: who failed and why in one sentence, the ways on that can help, and what an administrator asks for. */
export function FailedNote({ message, choice }: { message: Message; choice: ModelChoice }) {
  const admin = isAdmin(useSession((state) => state.user));
  const failure = message.error ?? { code: "unexpected", retry_at: null };
  const { text, more } = describeFailure(failure);
  const kind = failureKind(failure.code);
  const asked = message.provider && message.model ? { provider: message.provider, model: message.model } : null;
  const model = findModel(choice.models, asked);
  const names = { model: model?.name ?? message.model ?? "", provider: model?.provider_name ?? message.provider ?? "" };
  const again = (target: Model) => void attempt(regenerate(message, refOf(target)));
  const others = choice.models.filter((other) => other !== model).toSorted(kind === "context" ? byWindow : () => 0);
  const target = model ?? choice.model;
  return (
    <div role="alert" data-kind={kind} className="flex flex-col gap-2.5 rounded-md bg-danger-soft px-3.5 py-3 text-sm">
      <div className="flex items-start gap-2.5">
        <CircleAlert aria-hidden size={16} className="mt-0.5 shrink-0 text-danger" />
        <div className="min-w-0">
          <p className="font-semibold text-danger">{failureOwner(failure.code, names)}</p>
          <p className="text-text-1">{text}</p>
          {more && <p className="pt-1 text-text-2 [overflow-wrap:anywhere]">{more}</p>}
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-2 md:ps-6.5">
        {kind === "context" ? (
          <Button small look="primary" onClick={() => void attempt(regenerateShorter(message))}>
            <Scissors aria-hidden size={14} />
            {t("failure.shorten")}
          </Button>
        ) : (
          target && <RetryButton label={t("failure.retry")} until={failure.retry_at ?? null} onRetry={() => again(target)} />
        )}
        {others.length > 0 && (
          <Menu
            trigger={
              <Button small>
                <ArrowLeftRight aria-hidden size={14} />
                {t("failure.otherModel")}
              </Button>
            }
            items={others.slice(0, 12).map((other) => ({ label: other.name, note: other.provider_name, onSelect: () => again(other) }))}
          />
        )}
        {message.parts.length > 0 && <ContinueButton message={message} />}
        {admin && IN_SETTINGS.has(kind) && (
          <Link
            href="/settings/providers"
            className="inline-flex h-8 items-center rounded-md px-3 text-sm max-md:h-11 max-md:px-4 text-text-2 hover:bg-hover hover:text-text-1"
          >
            {t("failure.settings")}
          </Link>
        )}
      </div>
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 md:ps-6.5 text-text-3 text-xs">
        <code>{failure.code}</code>
        <RequestId id={message.run?.id ?? null} />
      </div>
    </div>
  );
}

/** The largest window first: there the conversation may fit. */
function byWindow(one: Model, other: Model): number {
  return (other.capabilities.context_tokens ?? 0) - (one.capabilities.context_tokens ?? 0);
}
