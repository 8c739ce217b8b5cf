import { beforeAll, expect, test } from "vitest";
import { loadLocale, loadRest } from "../i18n/index.ts";
import { deviceOf, isHandheld } from "./user-agent.ts";

beforeAll(async () => {
  await loadLocale("en");
  await loadRest();
});

test.each([
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36", "Chrome on Windows"],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0",
    "Edge on Windows",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Safari on macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1",
    "Safari on iPhone",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Mobile Safari/537.36",
    "Chrome on Android",
  ],
  ["python-requests/2.32", "python-requests"],
  ["", "Unknown browser"],
])("%s is said in words", (agent, words) => {
  expect(deviceOf(agent)).toBe(words);
});

test("a phone is told from a desk", () => {
  expect(isHandheld("Mozilla/5.0 (iPhone; CPU)")).toBe(true);
  expect(isHandheld("Mozilla/5.0 (X11; Linux x86_64)")).toBe(false);
});
