import { useFolders } from "../api/queries.ts";
import { t } from "../i18n/index.ts";
import { FolderSection } from "./folder-section.tsx";
import { createFolder } from "./later.ts";
import { closeQuestion, useQuestions } from "./questions.ts";
import { TitleEditor } from "./title-editor.tsx";

/** The folders in their order, and the name of a new one while it is being written. */
export function FolderList() {
  const folders = useFolders().data?.items ?? [];
  const naming = useQuestions((state) => state.newFolder);
  if (!folders.length && !naming) return null;
  return (
    <section aria-label={t("folder.list")}>
      <h2 className="px-2.5 pt-3 pb-1 text-text-3 text-xs">{t("folder.list")}</h2>
      <ul>
        {folders.map((folder) => (
          <FolderSection key={folder.id} folder={folder} />
        ))}
      </ul>
      {naming && (
        <TitleEditor value="" label={t("folder.name")} maxLength={80} onSave={(name) => void createFolder(name)} onClose={closeQuestion} />
      )}
    </section>
  );
}
