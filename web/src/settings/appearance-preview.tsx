import { t } from "../i18n/index.ts";

/** A question and an answer as they look now, so that a choice can be judged without leaving the settings. */
export function AppearancePreview() {
  return (
    <figure aria-label={t("appearance.preview")} className="flex flex-col gap-3 rounded-lg border border-border bg-bg p-4">
      <p className="max-w-[85%] self-end rounded-lg rounded-ee-sm bg-hover px-4 py-2.5 text-body">{t("appearance.question")}</p>
      <p className="prose">{t("appearance.answer")}</p>
      <div className="flex gap-2">
        <span className="inline-flex h-9 items-center rounded-md bg-accent px-3 font-medium text-white">{t("appearance.button")}</span>
        <span className="inline-flex h-9 items-center rounded-md bg-accent-soft px-3 text-accent-text">{t("appearance.mark")}</span>
      </div>
    </figure>
  );
}
