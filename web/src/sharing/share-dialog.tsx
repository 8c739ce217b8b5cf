import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { asApiError } from "../api/errors.ts";
import { keys, useConversation } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import { listSharesOf } from "../api/shares.ts";
import { Button } from "../design/button.tsx";
import { Layer } from "../design/layer.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { closeSharing } from "./open.ts";
import { ShareForm } from "./share-form.tsx";
import { ShareRow } from "./share-row.tsx";

/** The links to one conversation, and the form that makes a further one. */
export default function ShareDialog({ id }: { id: string }) {
  const conversation = useConversation(id);
  const { data, error, isPending, refetch } = useQuery({ queryKey: keys.sharesOf(id), queryFn: () => listSharesOf(id) });
  const allowed = useSession((state) => state.boot?.instance.sharing ?? true);
  const [adding, setAdding] = useState(false);
  const failure = error ?? conversation.error;
  const shares = data?.items ?? [];
  return (
    <Layer title={t("share.title")} onClose={closeSharing}>
      <div className="flex flex-col gap-4">
        {!allowed && <NoticeBox tone="warn">{t("share.off")}</NoticeBox>}
        {failure && (
          <NoticeBox tone="danger" role="alert">
            {describeError(asApiError(failure))}{" "}
            <button type="button" className="font-medium underline" onClick={() => void refetch()}>
              {t("common.retry")}
            </button>
          </NoticeBox>
        )}
        {isPending && <div className="skeleton h-24" />}
        {shares.length > 0 && (
          <ul className="flex flex-col gap-3">
            {shares.map((share) => (
              <ShareRow key={share.id} share={share} leaf={conversation.data?.leaf ?? null} />
            ))}
          </ul>
        )}
        {allowed && data && shares.length > 0 && !adding && (
          <Button look="quiet" className="self-start" onClick={() => setAdding(true)}>
            {t("share.another")}
          </Button>
        )}
        {allowed && data && (shares.length === 0 || adding) && <ShareForm conversation={id} onMade={() => setAdding(false)} />}
      </div>
    </Layer>
  );
}
