import { useState } from "react";
import { ProviderForm } from "../admin/provider-form.tsx";
import { ProviderTestButton } from "../admin/provider-test-button.tsx";
import { keys, queryClient } from "../api/queries.ts";
import type { Provider } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { t } from "../i18n/index.ts";

/** Connects the first model back end and tries it, or goes on with the demo model, which needs no key. */
export function SetUpModel({ onDone }: { onDone: () => void }) {
  const [provider, setProvider] = useState<Provider | null>(null);
  const done = () => {
    void queryClient.invalidateQueries({ queryKey: keys.models });
    onDone();
  };
  if (!provider) {
    return (
      <div className="flex flex-col gap-3">
        <ProviderForm onSaved={setProvider} />
        <Button look="quiet" onClick={done}>
          {t("setUp.skip")}
        </Button>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <p>{t("setUp.connected", { name: provider.name })}</p>
      <ProviderTestButton provider={provider.id} />
      <div className="flex gap-2">
        <Button look="primary" onClick={done}>
          {t("setUp.start")}
        </Button>
        <Button look="quiet" onClick={() => setProvider(null)}>
          {t("setUp.another")}
        </Button>
      </div>
    </div>
  );
}
