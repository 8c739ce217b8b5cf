import { useSession } from "../api/session.ts";
import { Layer } from "../design/layer.tsx";
import { type Key, t } from "../i18n/index.ts";
import { KeyCaps } from "./key-caps.tsx";
import { type Group, shortcuts } from "./shortcuts.ts";

const GROUPS: [Group, Key][] = [
  ["general", "keyboard.general"],
  ["writing", "keyboard.writing"],
  ["conversation", "keyboard.conversation"],
];

/** Every key of the page, as the person's platform and settings have it. */
export default function KeySheet({ onClose }: { onClose: () => void }) {
  const sendKey = useSession((state) => state.sendKey);
  return (
    <Layer title={t("keyboard.title")} onClose={onClose} wide>
      <div className="gap-8 md:columns-2">
        {GROUPS.map(([group, name]) => (
          <section key={group} className="break-inside-avoid pb-5">
            <h3 className="pb-1 font-medium text-sm text-text-3">{t(name)}</h3>
            <dl>
              {shortcuts(sendKey)
                .filter((item) => item.group === group)
                .map((item) => (
                  <div
                    key={item.action}
                    className="flex min-h-9 items-center justify-between gap-4 border-border border-b py-1.5 last:border-b-0"
                  >
                    <dt>{t(item.label)}</dt>
                    <dd className="flex shrink-0 items-center gap-1.5">
                      {item.chords.map((chord, index) => (
                        <span key={chord.key} className="flex items-center gap-1.5">
                          {index > 0 && <span className="text-text-3 text-xs">/</span>}
                          <KeyCaps chord={chord} />
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="text-sm text-text-3">{t("keyboard.note")}</p>
    </Layer>
  );
}
