import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { discoverModels, listProviderModels, putProviderModel } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys } from "../api/queries.ts";
import type { Provider } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { inputClass } from "../design/field.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { plural, t } from "../i18n/index.ts";
import { ModelRow } from "./model-row.tsx";
import { saveProviders } from "./save.ts";

const FILTER_FROM = 12;

/** The models of one back end: which are offered, under which names. */
export function ProviderModels({ provider }: { provider: Provider }) {
  const { data, error } = useQuery({ queryKey: keys.providerModels(provider.id), queryFn: () => listProviderModels(provider.id) });
  const [filter, setFilter] = useState("");
  const [busy, setBusy] = useState(false);
  const items = data?.items ?? [];
  const shown = items.filter((model) => `${model.name} ${model.id}`.toLowerCase().includes(filter.toLowerCase()));
  const discover = async () => {
    setBusy(true);
    await saveProviders(async () => {
      const { added } = await discoverModels(provider.id);
      toast(plural("provider.found", added));
    });
    setBusy(false);
  };
  return (
    <section aria-label={t("provider.models")}>
      <div className="flex flex-wrap items-center gap-2 pb-2">
        <h2 className="flex-1 font-semibold">{t("provider.models")}</h2>
        {items.length > FILTER_FROM && (
          <input
            aria-label={t("model.search")}
            placeholder={t("model.search")}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            className={`${inputClass} max-w-52`}
          />
        )}
        <Button small busy={busy} onClick={() => void discover()}>
          <RefreshCw aria-hidden size={15} />
          {t("provider.discover")}
        </Button>
      </div>
      {error && <p className="text-danger text-sm">{describeError(asApiError(error))}</p>}
      {data && items.length === 0 && <p className="py-2 text-sm text-text-3">{t("provider.noModels")}</p>}
      <ul className="divide-y divide-border">
        {shown.map((model) => (
          <ModelRow key={model.id} model={model} />
        ))}
      </ul>
      <AddModel provider={provider.id} />
    </section>
  );
}

/** A model that the back end's list does not name. */
function AddModel({ provider }: { provider: string }) {
  const [id, setId] = useState("");
  const add = async () => {
    if (await saveProviders(() => putProviderModel(provider, id.trim()))) setId("");
  };
  return (
    <form
      className="flex gap-2 pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim()) void add();
      }}
    >
      <input
        aria-label={t("provider.modelId")}
        placeholder={t("provider.modelId")}
        value={id}
        onChange={(event) => setId(event.target.value)}
        className={`${inputClass} max-w-72`}
      />
      <Button type="submit" disabled={!id.trim()}>
        {t("common.add")}
      </Button>
    </form>
  );
}
