import { useState } from "react";
import { createProvider, discoverModels } from "../api/client.ts";
import { keys, queryClient } from "../api/queries.ts";
import type { Provider } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { Select } from "../design/select.tsx";
import { useForm } from "../design/use-form.ts";
import { t } from "../i18n/index.ts";
import { PRESETS } from "./kinds.ts";

/** Adds a model back end: which one, its address where it has no fixed one, its key. Its models are asked for at once. */
export function ProviderForm({ onSaved }: { onSaved: (provider: Provider) => void }) {
  const [chosen, setChosen] = useState(PRESETS[0]?.id ?? "");
  const preset = PRESETS.find((item) => item.id === chosen) ?? PRESETS[0];
  const form = useForm(async (values) => {
    if (!preset) return;
    const key = values.key?.trim();
    const address = values.base_url?.trim();
    const provider = await createProvider({
      kind: preset.kind,
      name: values.name?.trim() || preset.name,
      ...(address ? { base_url: address } : {}),
      ...(key ? { keys: [key] } : {}),
    });
    // A list of models is a help, not a condition: a server without one gets its models by hand.
    await discoverModels(provider.id).catch(() => undefined);
    await queryClient.invalidateQueries({ queryKey: keys.providers });
    void queryClient.invalidateQueries({ queryKey: keys.models });
    onSaved(provider);
  });
  if (!preset) return null;
  return (
    <form className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormError error={form.error} />
      <Select
        label={t("provider.kind")}
        value={chosen}
        onChange={(event) => setChosen(event.target.value)}
        options={PRESETS.map((item) => ({ value: item.id, label: item.name }))}
      />
      <Field key={`name-${chosen}`} label={t("provider.name")} name="name" defaultValue={preset.name} required maxLength={80} />
      {preset.base_url !== undefined && (
        <Field
          key={`url-${chosen}`}
          label={t("provider.address")}
          name="base_url"
          type="url"
          defaultValue={preset.base_url}
          required
          placeholder="https://"
        />
      )}
      <Field
        key={`key-${chosen}`}
        label={t(preset.needsKey ? "provider.key" : "provider.keyOptional")}
        name="key"
        type="password"
        autoComplete="off"
        required={preset.needsKey}
        hint={t("provider.keyHint")}
      />
      <Button type="submit" look="primary" busy={form.busy}>
        {t("provider.add")}
      </Button>
    </form>
  );
}
