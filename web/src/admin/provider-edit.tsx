import { patchProvider } from "../api/client.ts";
import type { Provider } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { useForm } from "../design/use-form.ts";
import { t } from "../i18n/index.ts";
import { saveProviders } from "./save.ts";

/** Name, address and key of a back end. A key is written, never shown; an empty field leaves it as it is. */
export function ProviderEdit({ provider, onDone }: { provider: Provider; onDone: () => void }) {
  const form = useForm(async (values) => {
    const key = values.key?.trim();
    const body = {
      name: values.name?.trim() || provider.name,
      ...(values.base_url?.trim() ? { base_url: values.base_url.trim() } : {}),
      ...(key ? { keys: [key] } : {}),
    };
    if (await saveProviders(() => patchProvider(provider.id, body))) onDone();
  });
  return (
    <form className="flex max-w-md flex-col gap-4" onSubmit={form.onSubmit}>
      <FormError error={form.error} />
      <Field label={t("provider.name")} name="name" defaultValue={provider.name} required maxLength={80} />
      <Field
        label={t("provider.address")}
        name="base_url"
        type="url"
        defaultValue={provider.base_url ?? ""}
        placeholder={t("provider.addressDefault")}
      />
      <Field
        label={t("provider.newKey")}
        name="key"
        type="password"
        autoComplete="off"
        placeholder={provider.key_hint ?? ""}
        hint={t("provider.keyHint")}
      />
      <div className="flex gap-2">
        <Button type="submit" look="primary" small busy={form.busy}>
          {t("common.save")}
        </Button>
        <Button look="quiet" small onClick={onDone}>
          {t("common.cancel")}
        </Button>
      </div>
    </form>
  );
}
