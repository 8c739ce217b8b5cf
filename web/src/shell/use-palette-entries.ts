import {
  Archive,
  Bot,
  CircleHelp,
  Languages,
  MessageCircleDashed,
  MessageSquare,
  PanelLeft,
  Settings,
  SquarePen,
  SunMoon,
  Trash2,
} from "lucide-react";
import { useLocation } from "wouter";
import { patchUser } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { useConversations } from "../api/queries.ts";
import { isAdmin, useSession, useUser } from "../api/session.ts";
import { findConversation } from "../api/shelf.ts";
import type { Appearance } from "../api/types.ts";
import { beginTemporary } from "../conversation/beginning.ts";
import { useModel } from "../conversation/use-model.ts";
import { toast } from "../design/toast.tsx";
import { useChangeLocale } from "../i18n/context.ts";
import { describeError } from "../i18n/errors.ts";
import { currentLocale, type Key, languages, t } from "../i18n/index.ts";
import { SECTIONS } from "../settings/settings-page.tsx";
import { changeAppearance } from "../settings/use-appearance.ts";
import { atOnce } from "./at-once.ts";
import { conversationIn, laterCommands } from "./commands.ts";
import { openLayer } from "./layers.ts";
import { conversationMenu } from "./menus.ts";
import type { Entry } from "./palette-entries.ts";
import { type PageAction, shortcuts } from "./shortcuts.ts";

const THEMES: [Appearance["theme"], Key][] = [
  ["system", "theme.system"],
  ["light", "theme.light"],
  ["dark", "theme.dark"],
];

/** Everything that the palette finds without asking the server. */
export function usePaletteEntries(toggleSidebar: () => void): Entry[] {
  const [location, navigate] = useLocation();
  const current = conversationIn(location);
  const place = { location, navigate, toggleSidebar };
  const commands = { ...laterCommands(place), ...atOnce(place) };
  return [
    ...useTalks(current, navigate),
    ...commandEntries(commands, current !== null),
    ...placeEntries(current, navigate),
    ...usePreferences(),
    ...useModels(current),
    ...useSettings(navigate),
  ];
}

type Navigate = (path: string) => void;

function useTalks(current: string | null, navigate: Navigate): Entry[] {
  const lists = [useConversations("pinned"), useConversations("recent")];
  const items = lists.flatMap((list) => list.data?.pages ?? []).flatMap((page) => page.items);
  return items
    .filter((item) => item.id !== current)
    .map((item) => ({
      id: item.id,
      group: "conversations",
      title: item.title || t("sidebar.untitled"),
      icon: MessageSquare,
      run: () => navigate(`/c/${item.id}`),
    }));
}

function commandEntries(commands: Record<PageAction, () => void>, inConversation: boolean): Entry[] {
  const everywhere: [PageAction, Entry["icon"]][] = [
    ["newConversation", SquarePen],
    ["model", Bot],
    ["sidebar", PanelLeft],
    ["settings", Settings],
    ["help", CircleHelp],
  ];
  const here: [PageAction, Entry["icon"]][] = [["deleteConversation", Trash2]];
  return [...everywhere, ...(inConversation ? here : [])].flatMap(([action, icon]): Entry[] => {
    const shortcut = shortcuts("enter").find((item) => item.action === action);
    if (!shortcut) return [];
    return [{ id: action, group: "commands", title: t(shortcut.label), icon, chord: shortcut.chords[0], run: commands[action] }];
  });
}

/** What the menu of the list offers for the conversation in view, and the places that are no conversation. */
function placeEntries(current: string | null, navigate: Navigate): Entry[] {
  const item = current ? findConversation(current) : undefined;
  const menu = item && !item.temporary ? conversationMenu(item, () => openLayer("rename")) : [];
  const here = menu.filter(({ label, danger }) => !danger && label !== t("organise.select"));
  const command = (title: string, icon: Entry["icon"], run: () => void): Entry => ({ id: title, group: "commands", title, icon, run });
  const beginTemporarily = () => {
    beginTemporary(true);
    navigate("/");
  };
  return [
    ...here.map(({ label, icon, onSelect }) => command(label, icon ?? MessageSquare, onSelect)),
    command(t("temporary.toggle"), MessageCircleDashed, beginTemporarily),
    command(t("archive.title"), Archive, () => navigate("/archive")),
  ];
}

/** Theme and language, without the ones that are in use. */
function usePreferences(): Entry[] {
  const look = useSession((state) => state.appearance);
  const user = useUser();
  const changeLocale = useChangeLocale();
  // Stored first: the page begins anew in the other language, and asks the server which one it is.
  const speak = async (locale: string) => {
    try {
      useSession.setState({ user: await patchUser(user.id, { locale }) });
      await changeLocale(locale);
    } catch (error) {
      toast(describeError(asApiError(error)), { tone: "error" });
    }
  };
  const themes = THEMES.filter(([theme]) => theme !== look.theme).map(
    ([theme, name]): Entry => ({
      id: `theme/${theme}`,
      group: "commands",
      title: `${t("settings.theme")}: ${t(name)}`,
      icon: SunMoon,
      run: () => void changeAppearance({ theme }),
    }),
  );
  const others = languages.filter(({ value }) => value !== currentLocale());
  const tongues = others.map(({ value, label }): Entry => {
    return {
      id: `language/${value}`,
      group: "commands",
      title: `${t("settings.language")}: ${label}`,
      words: "language",
      icon: Languages,
      run: () => void speak(value),
    };
  });
  return [...themes, ...tongues];
}

function useModels(current: string | null): Entry[] {
  const choice = useModel((current && findConversation(current)) || null);
  return choice.models
    .filter((model) => model !== choice.model)
    .map((model) => ({
      id: `model/${model.provider}/${model.id}`,
      group: "models",
      title: model.name,
      words: `${model.id} ${model.provider_name}`,
      note: model.provider_name,
      icon: Bot,
      run: () => choice.choose({ provider: model.provider, model: model.id }),
    }));
}

function useSettings(navigate: Navigate): Entry[] {
  const user = useUser();
  return SECTIONS.filter((item) => (!item.admin || isAdmin(user)) && (!item.account || user.role !== "guest")).map((item) => ({
    id: `settings/${item.id}`,
    group: "settings",
    title: t(item.name),
    words: t("settings.title"),
    note: t("settings.title"),
    icon: Settings,
    run: () => navigate(`/settings/${item.id}`),
  }));
}
