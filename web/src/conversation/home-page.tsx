import { useLocation } from "wouter";
import { useUser } from "../api/session.ts";
import type { InputPart } from "../api/types.ts";
import { Logo } from "../design/logo.tsx";
import { t } from "../i18n/index.ts";
import { send } from "./actions.ts";
import { Composer } from "./composer.tsx";
import { ModelPicker } from "./model-picker.tsx";
import { NoModels } from "./no-models.tsx";
import { useModel } from "./use-model.ts";

const IDEAS = ["home.idea1", "home.idea2", "home.idea3"] as const;

/** The start of a new conversation: a greeting, the composer, and a few ways to begin. */
export function HomePage() {
  const user = useUser();
  const choice = useModel(null);
  const [, navigate] = useLocation();
  const { model } = choice;
  const onSend = (parts: InputPart[]) => {
    if (model) navigate(`/c/${send(null, parts, { provider: model.provider, model: model.id })}`);
  };
  return (
    <div className="thin-scroll flex min-h-0 flex-1 flex-col overflow-y-auto px-3 pb-[max(12px,env(safe-area-inset-bottom))] md:px-6">
      <div className="mx-auto flex w-full max-w-2xl flex-1 flex-col justify-end gap-6 md:justify-center md:pb-[12vh]">
        <div className="flex flex-1 flex-col items-center justify-center gap-4 text-center md:flex-none">
          <Logo size={40} />
          <h1 className="text-balance font-semibold text-2xl">{t("home.greeting", { name: user.name })}</h1>
        </div>
        {!choice.loading && !model && <NoModels />}
        {model && (
          <ul className="flex flex-wrap justify-center gap-2 md:order-last">
            {IDEAS.map((idea) => (
              <li key={idea}>
                <button
                  type="button"
                  onClick={() => onSend([{ type: "text", text: t(idea) }])}
                  className="rounded-full border border-border bg-raised px-3.5 py-2 text-sm text-text-2 transition-colors duration-80 hover:bg-hover hover:text-text-1"
                >
                  {t(idea)}
                </button>
              </li>
            ))}
          </ul>
        )}
        <Composer
          conversation={null}
          model={model}
          picker={<ModelPicker model={model} models={choice.models} onChoose={choice.choose} />}
          running={false}
          onSend={onSend}
          onStop={() => undefined}
        />
      </div>
    </div>
  );
}
