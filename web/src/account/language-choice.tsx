import { Select } from "../design/select.tsx";
import { useChangeLocale } from "../i18n/context.ts";
import { currentLocale, languages, t } from "../i18n/index.ts";

export function LanguageChoice() {
  const change = useChangeLocale();
  return (
    <Select
      label={t("settings.language")}
      hideLabel
      className="w-36"
      options={[...languages]}
      value={currentLocale()}
      onChange={(event) => void change(event.target.value)}
    />
  );
}
