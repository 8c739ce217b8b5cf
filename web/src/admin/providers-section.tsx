import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { listProviders } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys } from "../api/queries.ts";
import { Button } from "../design/button.tsx";
import { Layer } from "../design/layer.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { ProviderCard } from "./provider-card.tsx";
import { ProviderForm } from "./provider-form.tsx";

/** Model back ends in the order in which they are asked. */
export default function ProvidersSection() {
  const { data, error, isPending } = useQuery({ queryKey: keys.providers, queryFn: listProviders });
  const [adding, setAdding] = useState(false);
  const items = data?.items ?? [];
  return (
    <>
      <SectionHead title={t("settings.providers")} text={t("provider.intro")}>
        <Button look="primary" small onClick={() => setAdding(true)}>
          <Plus aria-hidden size={16} />
          {t("provider.add")}
        </Button>
      </SectionHead>
      {error && <NoticeBox tone="danger">{describeError(asApiError(error))}</NoticeBox>}
      {isPending && <div className="skeleton h-24" />}
      <ul className="flex flex-col gap-3">
        {items.map((provider, index) => (
          <ProviderCard key={provider.id} provider={provider} before={items[index - 1]} after={items[index + 1]} />
        ))}
      </ul>
      {adding && (
        <Layer title={t("provider.add")} onClose={() => setAdding(false)}>
          <ProviderForm onSaved={() => setAdding(false)} />
        </Layer>
      )}
    </>
  );
}
