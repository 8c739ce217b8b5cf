import { Select } from "../design/select.tsx";
import { useChangeLocale } from "../i18n/context.ts";
import { currentLocale, isLocale, LOCALES, t } from "../i18n/index.ts";

const options = Object.entries(LOCALES).map(([value, locale]) => ({ value, label: locale.name }));

export function LanguageChoice() {
  const change = useChangeLocale();
  return (
    <Select
      label={t("settings.language")}
      hideLabel
      className="w-36"
      options={options}
      value={currentLocale()}
      onChange={(event) => isLocale(event.target.value) && void change(event.target.value)}
    />
  );
}
