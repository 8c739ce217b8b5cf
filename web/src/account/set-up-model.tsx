import { Check, Circle } from "lucide-react";
import { useState } from "react";
import { ProviderForm } from "../admin/provider-form.tsx";
import { ProviderTestButton } from "../admin/provider-test-button.tsx";
import { keys, queryClient, useModels } from "../api/queries.ts";
import type { Provider } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { t } from "../i18n/index.ts";

/** Connects the first model back end and tries it, or goes on with the demo model, which needs no key. */
export function SetUpModel({ onDone }: { onDone: () => void }) {
  const [provider, setProvider] = useState<Provider | null>(null);
  const demo = Boolean(useModels().data?.items.length); // Before a provider is connected there is only that.
  const done = () => {
    void queryClient.invalidateQueries({ queryKey: keys.models });
    onDone();
  };
  if (!provider) {
    return (
      <div className="flex flex-col gap-3">
        <ProviderForm onSaved={setProvider} />
        <Button look="quiet" onClick={done} aria-describedby="skipping">
          {t(demo ? "setUp.skip" : "setUp.skipAll")}
        </Button>
        <p id="skipping" className="text-balance text-center text-sm text-text-3">
          {t(demo ? "setUp.skipMeans" : "setUp.skipAllMeans")}
        </p>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <ul className="flex flex-col gap-2">
        {[t("setUp.madeAdmin"), t("setUp.connected", { name: provider.name })].map((text) => (
          <li key={text} className="flex items-center gap-2.5">
            <Check aria-hidden size={16} className="shrink-0 text-ok" />
            {text}
          </li>
        ))}
        <li className="flex items-center gap-2.5 text-text-2">
          <Circle aria-hidden size={16} className="shrink-0 text-text-3" />
          {t("setUp.nextPeople")}
        </li>
      </ul>
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
