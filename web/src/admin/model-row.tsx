import { Pencil } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { patchProviderModel } from "../api/client.ts";
import type { Model } from "../api/types.ts";
import { inputClass } from "../design/field.tsx";
import { IconButton } from "../design/icon-button.tsx";
import { ModelBadges } from "../design/model-badges.tsx";
import { Switch } from "../design/switch.tsx";
import { t } from "../i18n/index.ts";
import { saveProviders } from "./save.ts";

/** One model: offered or not, and its name in the picker. */
export function ModelRow({ model }: { model: Model }) {
  const [name, setName] = useState<string | null>(null);
  const patch = (body: { enabled?: boolean; name?: string }) =>
    void saveProviders(() => patchProviderModel(model.provider, model.id, body));
  const save = () => {
    if (name?.trim() && name.trim() !== model.name) patch({ name: name.trim() });
    setName(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.nativeEvent.isComposing) save();
    if (event.key === "Escape") setName(null);
  };
  return (
    <li className="flex min-h-12 items-center gap-3 py-1.5">
      {name === null ? (
        <span className="min-w-0 flex-1">
          <span className="block truncate">{model.name}</span>
          {model.name !== model.id && <span className="block truncate font-mono text-text-3 text-xs">{model.id}</span>}
          <span className="md:hidden">
            <ModelBadges model={model} />
          </span>
        </span>
      ) : (
        <input
          // biome-ignore lint/a11y/noAutofocus: the person asked for this field a moment ago
          autoFocus
          aria-label={t("common.rename")}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onBlur={save}
          onKeyDown={onKeyDown}
          className={`${inputClass} flex-1`}
        />
      )}
      <span className="max-md:hidden">
        <ModelBadges model={model} />
      </span>
      <IconButton icon={Pencil} label={t("common.rename")} small onClick={() => setName(model.name)} />
      <Switch checked={model.enabled} label={t("provider.offer", { name: model.name })} onChange={(enabled) => patch({ enabled })} />
    </li>
  );
}
