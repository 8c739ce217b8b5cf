import { useQuery } from "@tanstack/react-query";
import { getInstanceSettings, patchInstanceSettings } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys, queryClient } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import type { InstanceSettings } from "../api/types.ts";
import { showBrand } from "../design/appearance.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { Select } from "../design/select.tsx";
import { toast } from "../design/toast.tsx";
import { useForm } from "../design/use-form.ts";
import { describeError } from "../i18n/errors.ts";
import { plural, t } from "../i18n/index.ts";
import { BrandField } from "./brand-field.tsx";

/** What holds for everybody here: the instance's name and colour, and what may be shared. */
export default function InstanceSection() {
  const { data, error, isPending } = useQuery({ queryKey: keys.instance, queryFn: getInstanceSettings });
  const save = async (change: InstanceSettings) => {
    const stored = await patchInstanceSettings(change);
    queryClient.setQueryData(keys.instance, stored);
    showBrand(stored.brand);
    useSession.setState(({ boot }) => ({ boot: boot && { ...boot, instance: stored } }));
    toast(t("common.saved"));
  };
  const form = useForm(({ name = "" }) => save({ name }));
  const choose = (change: InstanceSettings) =>
    save(change).catch((failure) => toast(describeError(asApiError(failure)), { tone: "error" }));
  const sharing = !data?.sharing ? "off" : data.share_max_days === null ? "any" : String(data.share_max_days);
  return (
    <>
      <SectionHead title={t("settings.general")} text={t("instance.intro")} />
      {error && <NoticeBox tone="danger">{describeError(asApiError(error))}</NoticeBox>}
      {isPending && <div className="skeleton h-24" />}
      {data && (
        <div className="flex max-w-md flex-col gap-6">
          <form className="flex flex-col gap-3" onSubmit={form.onSubmit}>
            <FormError error={form.error} />
            <div className="flex items-end gap-2">
              <Field label={t("instance.name")} name="name" defaultValue={data.name} required maxLength={100} className="flex-1" />
              <Button type="submit" busy={form.busy}>
                {t("common.save")}
              </Button>
            </div>
          </form>
          <BrandField color={data.brand?.color ?? null} onChoose={(brand_color) => void choose({ brand_color })} />
          <div className="flex flex-col gap-1.5">
            <Select
              label={t("instance.sharing")}
              value={sharing}
              onChange={(event) => void choose(sharingOf(event.target.value))}
              options={[
                { value: "any", label: t("instance.sharingAny") },
                ...["30", "7", "1"].map((days) => ({ value: days, label: plural("instance.sharingDays", Number(days)) })),
                { value: "off", label: t("instance.sharingOff") },
              ]}
            />
            <p className="text-text-3 text-xs">{t("instance.sharingHint")}</p>
          </div>
        </div>
      )}
    </>
  );
}

function sharingOf(value: string): InstanceSettings {
  if (value === "off") return { sharing: false };
  return { sharing: true, share_max_days: value === "30" ? 30 : value === "7" ? 7 : value === "1" ? 1 : null };
}
