import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import type { UserFilter } from "../api/people.ts";
import { inputClass } from "../design/field.tsx";
import { Select } from "../design/select.tsx";
import { t } from "../i18n/index.ts";

const PAUSE_MS = 200;

/** Which users to show: by words of name and address, by role, by state. */
export function UsersFilter({ value, onChange }: { value: UserFilter; onChange: (filter: UserFilter) => void }) {
  const [text, setText] = useState(value.q);
  useEffect(() => {
    if (text === value.q) return;
    const timer = setTimeout(() => onChange({ ...value, q: text }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <div className="flex flex-wrap items-end gap-2 pb-4">
      <label className="relative min-w-48 flex-1 max-md:basis-full">
        <span className="sr-only">{t("users.search")}</span>
        <Search aria-hidden size={16} className="pointer-events-none absolute inset-s-3 top-1/2 -translate-y-1/2 text-text-3" />
        <input
          type="search"
          value={text}
          placeholder={t("users.search")}
          onChange={(event) => setText(event.target.value)}
          className={`${inputClass} ps-9`}
        />
      </label>
      <Select
        label={t("users.roleLabel")}
        hideLabel
        className="w-36 max-md:flex-1"
        value={value.role}
        onChange={(event) => onChange({ ...value, role: event.target.value as UserFilter["role"] })}
        options={[
          { value: "", label: t("users.everyRole") },
          { value: "admin", label: t("role.admin") },
          { value: "member", label: t("role.member") },
          { value: "guest", label: t("role.guest") },
        ]}
      />
      <Select
        label={t("users.status")}
        hideLabel
        className="w-36 max-md:flex-1"
        value={value.status}
        onChange={(event) => onChange({ ...value, status: event.target.value as UserFilter["status"] })}
        options={[
          { value: "", label: t("users.everyStatus") },
          { value: "active", label: t("users.active") },
          { value: "suspended", label: t("users.suspended") },
        ]}
      />
    </div>
  );
}
