import { Button } from "../design/button.tsx";
import { Layer } from "../design/layer.tsx";
import { t } from "../i18n/index.ts";
import { removeFolder } from "./folders.ts";
import { closeQuestion } from "./questions.ts";

/** The question before a folder goes. */
export default function DeleteFolderLayer({ folder }: { folder: { id: string; name: string } }) {
  const remove = () => {
    closeQuestion();
    void removeFolder(folder.id);
  };
  return (
    <Layer title={t("folder.deleteTitle", { name: folder.name })} onClose={closeQuestion}>
      <p className="text-text-2">{t("folder.deleteText")}</p>
      <div className="flex justify-end gap-2 pt-5">
        <Button onClick={closeQuestion}>{t("common.cancel")}</Button>
        <Button look="danger" onClick={remove}>
          {t("common.delete")}
        </Button>
      </div>
    </Layer>
  );
}
