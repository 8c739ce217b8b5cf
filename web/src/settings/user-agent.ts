import { t } from "../i18n/index.ts";

// In this order: browsers name those that they descend from, too.
const BROWSERS: [RegExp, string][] = [
  [/Edg(?:A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/MicroMessenger\//, "WeChat"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPod/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Macintosh|Mac OS X/, "macOS"],
  [/Linux|X11/, "Linux"],
];

/** A browser in words, "Firefox on Windows"; what is not known is said by its own first word. */
export function deviceOf(agent: string): string {
  const find = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = find(BROWSERS);
  const system = find(SYSTEMS);
  if (browser && system) return t("sessions.device", { browser, system });
  return browser ?? system ?? (agent.split(/[\s/]/)[0] || t("sessions.unknown"));
}

/** Whether it is something that is held in the hand. */
export function isHandheld(agent: string): boolean {
  return /iPhone|iPod|iPad|Android|Mobile/.test(agent);
}
