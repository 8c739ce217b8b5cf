import type { SelectHTMLAttributes } from "react";
import type { Days } from "../api/shares.ts";
import { Select } from "../design/select.tsx";
import { plural, t } from "../i18n/index.ts";

const CHOICES = [1, 7, 30] as const;

type Props = SelectHTMLAttributes<HTMLSelectElement> & { label: string; cap: number | null; keep?: string; hideLabel?: boolean };

/** How long a link lives, as far as the administrators allow; `keep` names a first choice that changes nothing. */
export function DaysSelect({ cap, keep, ...rest }: Props) {
  const days = CHOICES.filter((count) => cap === null || count <= cap).map((count) => ({
    value: String(count),
    label: plural("share.forDays", count),
  }));
  const ever = cap === null ? [{ value: "never", label: t("share.forEver") }] : [];
  return <Select {...rest} options={[...(keep ? [{ value: "", label: keep }] : []), ...days, ...ever]} />;
}

export function daysOf(value: string): Days {
  return value === "1" ? 1 : value === "7" ? 7 : value === "30" ? 30 : null;
}

export function defaultDays(cap: number | null): string {
  return cap !== null && cap < 7 ? String(cap) : "7";
}
