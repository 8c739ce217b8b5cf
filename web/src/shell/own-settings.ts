import { getSettings } from "../api/client.ts";
import { keys, queryClient } from "../api/queries.ts";
import { useSession } from "../api/session.ts";

let asked = 0;

/** Asks for the person's settings and adopts them: at the start, and after another tab or device changed them. */
export async function adoptOwnSettings(changeLocale: (name: string) => Promise<void>): Promise<void> {
  asked += 1;
  const mine = asked;
  const settings = await getSettings().catch(() => null);
  if (!settings || mine !== asked) return; // Nobody answered: what there is stands. Or they were asked for again, after a further change.
  queryClient.setQueryData(keys.settings, settings);
  const { locale, send_key: sendKey, default_model: chosen, ...look } = settings;
  useSession.setState((state) => ({
    sendKey,
    defaultModel: chosen ?? state.defaultModel,
    appearance: {
      theme: look.theme,
      accent: look.accent,
      density: look.density,
      text_size: look.text_size,
      chat_width: look.chat_width,
      motion: look.motion,
    },
    user: state.user && { ...state.user, locale, theme: look.theme },
  }));
  if (locale) await changeLocale(locale);
}
