import { Monitor, Moon, Sun } from "lucide-react";
import { useSession } from "../api/session.ts";
import { ACCENTS, type Accent } from "../design/appearance.ts";
import { Choices } from "../design/choices.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { t } from "../i18n/index.ts";
import { AccentMark } from "./accent-mark.tsx";
import { AppearancePreview } from "./appearance-preview.tsx";
import { useAppearance } from "./use-appearance.ts";

const PORTICO: [number, number] = [264, 0.95];

/** Theme, accent, sizes and motion. A choice shows at once, here and in the person's other tabs and devices. */
export default function AppearanceSection() {
  const [look, change] = useAppearance();
  const brand = useSession((state) => state.boot?.instance.brand);
  const usual: [number, number] = brand ? [brand.hue, brand.chroma] : PORTICO;
  const accents: readonly { value: Accent; color: [number, number] }[] = [
    { value: "default", color: usual },
    ...Object.entries(ACCENTS).map(([value, color]) => ({ value: value as Accent, color })),
  ];
  return (
    <>
      <SectionHead title={t("settings.appearance")} text={t("appearance.text")} />
      <div className="flex max-w-xl flex-col gap-6">
        <AppearancePreview />
        <Choices
          label={t("settings.theme")}
          value={look.theme}
          onChange={(theme) => change({ theme })}
          choices={[
            { value: "system", label: t("theme.system"), mark: <Monitor aria-hidden size={16} /> },
            { value: "light", label: t("theme.light"), mark: <Sun aria-hidden size={16} /> },
            { value: "dark", label: t("theme.dark"), mark: <Moon aria-hidden size={16} /> },
          ]}
        />
        <Choices
          label={t("appearance.accent")}
          value={look.accent}
          onChange={(accent) => change({ accent })}
          choices={accents.map(({ value, color }) => ({ value, label: nameOf(value), mark: <AccentMark color={color} /> }))}
        />
        <Choices
          label={t("appearance.textSize")}
          hint={t("appearance.textSizeHint")}
          value={look.text_size}
          onChange={(text_size) => change({ text_size })}
          choices={[
            { value: "small", label: t("appearance.small") },
            { value: "default", label: t("appearance.usual") },
            { value: "large", label: t("appearance.large") },
            { value: "x-large", label: t("appearance.xLarge") },
          ]}
        />
        <Choices
          label={t("appearance.chatWidth")}
          value={look.chat_width}
          onChange={(chat_width) => change({ chat_width })}
          choices={[
            { value: "default", label: t("appearance.usual") },
            { value: "wide", label: t("appearance.wide") },
            { value: "full", label: t("appearance.full") },
          ]}
        />
        <Choices
          label={t("appearance.density")}
          value={look.density}
          onChange={(density) => change({ density })}
          choices={[
            { value: "comfortable", label: t("appearance.comfortable") },
            { value: "compact", label: t("appearance.compact") },
          ]}
        />
        <Choices
          label={t("appearance.motion")}
          value={look.motion}
          onChange={(motion) => change({ motion })}
          choices={[
            { value: "system", label: t("appearance.motionSystem") },
            { value: "reduced", label: t("appearance.motionReduced") },
          ]}
        />
      </div>
    </>
  );
}

function nameOf(accent: Accent): string {
  switch (accent) {
    case "default":
      return t("accent.default");
    case "blue":
      return t("accent.blue");
    case "teal":
      return t("accent.teal");
    case "green":
      return t("accent.green");
    case "orange":
      return t("accent.orange");
    case "rose":
      return t("accent.rose");
    case "violet":
      return t("accent.violet");
    case "graphite":
      return t("accent.graphite");
    default:
      return accent satisfies never;
  }
}
