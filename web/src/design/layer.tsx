import { lazy, type ReactNode, Suspense } from "react";

const Dialog = lazy(() => import("./dialog.tsx"));

type Props = { title: string; onClose: () => void; children: ReactNode; wide?: boolean };

/** A dialog whose code is loaded when the first one opens. */
export function Layer(props: Props) {
  return (
    <Suspense fallback={null}>
      <Dialog {...props} />
    </Suspense>
  );
}
