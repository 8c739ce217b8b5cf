import { lazy, Suspense } from "react";
import { useQuestions } from "./questions.ts";

const MoveLayer = lazy(() => import("./move-layer.tsx"));
const DeleteFolderLayer = lazy(() => import("./delete-folder-layer.tsx"));

/** The question of the sidebar that is open, if one is. */
export function OpenQuestion() {
  const { moving, deleting } = useQuestions();
  return (
    <Suspense fallback={null}>
      {moving && <MoveLayer ids={moving} />}
      {deleting && <DeleteFolderLayer folder={deleting} />}
    </Suspense>
  );
}
