import { ArrowDown, ArrowUp, ChevronRight, KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";
import { deleteProvider, type ProviderPatch, patchProvider } from "../api/client.ts";
import type { Provider } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { classes } from "../design/classes.ts";
import { IconButton } from "../design/icon-button.tsx";
import { Switch } from "../design/switch.tsx";
import { t } from "../i18n/index.ts";
import { HealthMark } from "./health-mark.tsx";
import { KIND_NAMES } from "./kinds.ts";
import { ProviderEdit } from "./provider-edit.tsx";
import { ProviderModels } from "./provider-models.tsx";
import { ProviderTestButton } from "./provider-test-button.tsx";
import { saveProviders } from "./save.ts";

type Props = { provider: Provider; before?: Provider; after?: Provider };

/** One back end: its state at a glance; its key, address and models when opened. */
export function ProviderCard({ provider, before, after }: Props) {
  const [open, setOpen] = useState(false);
  const [editing, setEditing] = useState(false);
  const patch = (body: ProviderPatch) => void saveProviders(() => patchProvider(provider.id, body));
  const swap = (other: Provider) =>
    void saveProviders(async () => {
      await patchProvider(provider.id, { position: other.position });
      await patchProvider(other.id, { position: provider.position });
    });
  const remove = () => {
    if (window.confirm(t("provider.deleteQuestion", { name: provider.name }))) void saveProviders(() => deleteProvider(provider.id));
  };
  const fixed = provider.source === "settings";
  return (
    <li className="rounded-md border border-border bg-raised">
      <div className="flex items-center gap-2 p-3">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-h-11 min-w-0 flex-1 items-center gap-3 rounded-md text-start"
        >
          <ChevronRight
            aria-hidden
            size={16}
            className={classes("shrink-0 text-text-3 transition-transform duration-150 rtl:rotate-180", open && "rotate-90")}
          />
          <span className="min-w-0">
            <span className="flex items-center gap-2">
              <span className="truncate font-semibold">{provider.name}</span>
              <HealthMark provider={provider} />
            </span>
            <span className="block truncate text-text-3 text-xs">{summaryOf(provider)}</span>
          </span>
        </button>
        <IconButton
          icon={ArrowUp}
          label={t("provider.up")}
          small
          disabled={!before}
          onClick={() => before && swap(before)}
          className="max-md:hidden"
        />
        <IconButton
          icon={ArrowDown}
          label={t("provider.down")}
          small
          disabled={!after}
          onClick={() => after && swap(after)}
          className="max-md:hidden"
        />
        <Switch
          checked={provider.enabled}
          label={t("provider.enabled", { name: provider.name })}
          onChange={(enabled) => patch({ enabled })}
        />
      </div>
      {open && (
        <div className="flex animate-fade flex-col gap-5 border-border border-t p-4">
          <div className="flex flex-wrap items-start gap-2">
            <ProviderTestButton provider={provider.id} />
            {!fixed && (
              <Button small onClick={() => setEditing(!editing)} aria-expanded={editing}>
                <KeyRound aria-hidden size={15} />
                {t("provider.edit")}
              </Button>
            )}
            {!fixed && (
              <Button small look="danger" onClick={remove}>
                <Trash2 aria-hidden size={15} />
                {t("common.delete")}
              </Button>
            )}
          </div>
          {fixed && <p className="text-sm text-text-3">{t("provider.fromSettings")}</p>}
          {editing && <ProviderEdit provider={provider} onDone={() => setEditing(false)} />}
          <ProviderModels provider={provider} />
        </div>
      )}
    </li>
  );
}

function summaryOf(provider: Provider): string {
  const key = provider.has_key ? (provider.key_hint ?? t("provider.hasKey")) : null;
  return [KIND_NAMES[provider.kind], provider.base_url, key].filter(Boolean).join(" · ");
}
