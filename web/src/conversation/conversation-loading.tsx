import { useEffect, useState } from "react";
import { t } from "../i18n/index.ts";
import { skeletonOf } from "./places.ts";

const PATIENCE_MS = 150;
const USUAL = [200];

/** Grey lines in the shape of a conversation, as high as it was when it was last here; only when loading takes long enough to be seen. */
export function ConversationLoading({ conversation }: { conversation: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  const [heights] = useState(() => skeletonOf(conversation));
  if (!late) return null;
  return (
    <div role="status" aria-label={t("common.loading")}>
      {(heights.length ? heights : USUAL).map((height, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the turns have no names yet
        <div key={index} className="flex flex-col gap-6 overflow-hidden pb-6" style={{ height }}>
          <div className="skeleton ms-auto h-11 w-2/5 shrink-0" />
          <div className="flex flex-col gap-2.5">
            <div className="skeleton h-4 w-full" />
            <div className="skeleton h-4 w-11/12" />
            <div className="skeleton h-4 w-3/5" />
          </div>
        </div>
      ))}
    </div>
  );
}
