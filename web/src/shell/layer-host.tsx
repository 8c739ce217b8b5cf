import { lazy, Suspense } from "react";
import { openLayer, useLayers } from "./layers.ts";

const Palette = lazy(() => import("./palette.tsx"));
const KeySheet = lazy(() => import("./key-sheet.tsx"));
const RenameLayer = lazy(() => import("./rename-layer.tsx"));

/** Shows the layer that was asked for; its code comes with the first one. */
export function LayerHost({ toggleSidebar }: { toggleSidebar: () => void }) {
  const open = useLayers((state) => state.open);
  if (!open) return null;
  const close = () => openLayer(null);
  return (
    <Suspense fallback={null}>
      {open === "palette" && <Palette onClose={close} toggleSidebar={toggleSidebar} />}
      {open === "keys" && <KeySheet onClose={close} />}
      {open === "rename" && <RenameLayer onClose={close} />}
    </Suspense>
  );
}
