import { Check, Folder as FolderIcon, FolderMinus, FolderPlus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useFolders } from "../api/queries.ts";
import { findConversation } from "../api/shelf.ts";
import { Layer } from "../design/layer.tsx";
import { plural, t } from "../i18n/index.ts";
import { createFolder } from "./folders.ts";
import { moveByKeys } from "./list-keys.ts";
import { organise } from "./organise.ts";
import { closeQuestion } from "./questions.ts";
import { endSelection } from "./selection.ts";
import { TitleEditor } from "./title-editor.tsx";

/** Where conversations are to go: a folder, a new one, or none. */
export default function MoveLayer({ ids }: { ids: readonly string[] }) {
  const folders = useFolders().data?.items ?? [];
  const [naming, setNaming] = useState(false);
  const current = ids.length === 1 ? findConversation(ids[0] ?? "")?.folder : undefined;
  const move = (folder: string | null) => {
    closeQuestion();
    endSelection();
    void organise(ids, "move", folder);
  };
  return (
    <Layer title={ids.length > 1 ? plural("organise.moveMany", ids.length) : t("organise.move")} onClose={closeQuestion}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys move between the buttons inside */}
      <div className="flex flex-col" onKeyDown={(event) => moveByKeys(event, "[data-choice]")}>
        {folders.map((folder) => (
          <Choice
            key={folder.id}
            icon={<FolderIcon aria-hidden size={16} />}
            checked={folder.id === current}
            onClick={() => move(folder.id)}
          >
            {folder.name}
          </Choice>
        ))}
        {naming ? (
          <TitleEditor
            value=""
            label={t("folder.name")}
            maxLength={80}
            onSave={(name) => void makeAndMove(name, move)}
            onClose={() => setNaming(false)}
          />
        ) : (
          <Choice icon={<FolderPlus aria-hidden size={16} />} onClick={() => setNaming(true)}>
            {t("folder.new")}
          </Choice>
        )}
        {current !== null && (
          <Choice icon={<FolderMinus aria-hidden size={16} />} onClick={() => move(null)}>
            {t("organise.noFolder")}
          </Choice>
        )}
      </div>
    </Layer>
  );
}

/** The folder must be there before anything is put into it. */
async function makeAndMove(name: string, move: (folder: string) => void): Promise<void> {
  const folder = await createFolder(name);
  if (folder) move(folder);
}

type ChoiceProps = { icon: ReactNode; checked?: boolean; onClick: () => void; children: ReactNode };

function Choice({ icon, checked, onClick, children }: ChoiceProps) {
  return (
    <button
      type="button"
      data-choice
      aria-current={checked || undefined}
      onClick={onClick}
      className="flex min-h-10 items-center gap-2.5 rounded-md px-2.5 text-start hover:bg-hover max-md:min-h-11"
    >
      <span className="shrink-0 text-text-2">{icon}</span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {checked && <Check aria-hidden size={16} className="text-accent-text" />}
    </button>
  );
}
