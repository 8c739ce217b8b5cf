import { lazy, Suspense } from "react";
import { useSharing } from "./open.ts";

const ShareDialog = lazy(() => import("./share-dialog.tsx"));

/** The share dialog, wherever it was asked for. */
export function ShareLayer() {
  const conversation = useSharing((state) => state.conversation);
  if (!conversation) return null;
  return (
    <Suspense fallback={null}>
      <ShareDialog id={conversation} />
    </Suspense>
  );
}
