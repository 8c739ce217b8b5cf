/** Every screen that a person meets, and how to get there: for the screenshots and for the check of accessibility. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";

export type Locale = "en" | "zh-CN";
type Values = Record<string, string | number>;
export type Visit = { page: Page; base: string; locale: Locale; say: (key: string, values?: Values) => string; furnished: Furnished };
export type Screen = { name: string; show: (visit: Visit) => Promise<void>; phone?: boolean; wide?: boolean };
export type Furnished = { share: string; invitation: string };

const catalogue = (locale: Locale): Record<string, string> =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, `../src/i18n/${locale}.json`), "utf8"));
const CATALOGUES = { en: catalogue("en"), "zh-CN": catalogue("zh-CN") };

/** The text of a key as the page has it in this language. */
export function sayIn(locale: Locale): Visit["say"] {
  return (key, values = {}) => {
    const text = CATALOGUES[locale][key];
    if (text === undefined) throw new Error(`the page has no text ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
  };
}

export const TEXTS = {
  en: {
    tour: "Show me what you can do",
    slow: "Tell me about yourself",
    chat: "/echo Thanks, that helps. Let us go on tomorrow.",
    query: "plan",
  },
  "zh-CN": { tour: "展示一下你的能力", slow: "介绍一下你自己", chat: "/echo 谢谢，很有帮助。我们明天继续。", query: "计划" },
};

/** What can be seen without an account. The set-up is only there before the first administrator. */
export const OUTSIDE: readonly Screen[] = [
  { name: "sign-in", show: ({ page, base }) => arrive(page, base, "form") },
  { name: "invitation", show: ({ page, furnished }) => arrive(page, furnished.invitation, "form") },
  {
    name: "shared",
    show: async ({ page, furnished }) => {
      await arrive(page, furnished.share, "article");
      await page.locator(".katex").first().waitFor();
    },
  },
  { name: "shared-gone", show: ({ page, base }) => arrive(page, `${base}/s/never-was`, "h1") },
];

export const INSIDE: readonly Screen[] = [
  { name: "home", show: begin },
  {
    name: "temporary",
    show: async (visit) => {
      await begin(visit);
      await visit.page.getByRole("button", { name: visit.say("temporary.toggle") }).click();
    },
  },
  {
    name: "pasted",
    show: async (visit) => {
      await begin(visit);
      await paste(visit.page, `${"A long report, line after line.\n".repeat(400)}The end.`);
      await visit.page.getByRole("list", { name: visit.say("attachment.list") }).waitFor();
    },
  },
  {
    name: "answered",
    show: async (visit) => {
      await begin(visit);
      await send(visit.page, TEXTS[visit.locale].tour);
      await answered(visit.page, "done");
      await visit.page.locator(":not(.diagram-unseen) > iframe.diagram").waitFor();
    },
  },
  {
    name: "share-dialog",
    wide: true,
    show: async ({ page, say }) => {
      await page.getByRole("button", { name: say("share.open") }).click();
      await page
        .getByRole("dialog")
        .getByRole("button", { name: say("share.create") })
        .waitFor();
    },
  },
  {
    name: "stopped",
    show: async (visit) => {
      await begin(visit);
      await send(visit.page, `${TEXTS[visit.locale].slow}\n/words 200 rate 60`);
      await visit.page.getByText("w30 ").first().waitFor();
      await visit.page.keyboard.press("Escape");
      await answered(visit.page, "stopped");
    },
  },
  {
    name: "failed",
    show: async (visit) => {
      await begin(visit);
      await send(visit.page, "/fail provider_quota");
      await answered(visit.page, "failed");
    },
  },
  {
    name: "tool",
    show: async (visit) => {
      await begin(visit);
      await send(visit.page, "/tool current_time {}");
      await answered(visit.page, "done");
      await visit.page.getByRole("button", { name: /Current time/i }).click();
    },
  },
  {
    name: "compare",
    show: async (visit) => {
      const { page, say } = visit;
      await begin(visit);
      await page.locator("#model-picker").click();
      await page.getByRole("button", { name: say("compare.several") }).click();
      await page.getByRole("combobox").fill("tool");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: say("compare.ready") }).click();
      await send(page, TEXTS[visit.locale].tour);
      await page.locator('article[data-role="compared"][data-status="done"]').nth(1).waitFor({ timeout: 60_000, state: "attached" });
      await page.locator(".thread-scroll").evaluate((scroller) => scroller.scrollTo({ top: 0 }));
    },
  },
  {
    name: "models",
    show: async (visit) => {
      await begin(visit);
      await visit.page.locator("#model-picker").click();
      await visit.page.getByRole("listbox").waitFor();
    },
  },
  {
    name: "palette",
    show: async (visit) => {
      await begin(visit);
      await visit.page.keyboard.press("Control+K");
      await visit.page.getByRole("dialog").getByRole("combobox").fill(TEXTS[visit.locale].query);
      await visit.page.getByRole("option").first().waitFor();
    },
  },
  {
    name: "keys",
    show: async (visit) => {
      await begin(visit);
      await visit.page.locator("main").focus();
      await visit.page.keyboard.press("?");
      await visit.page.getByRole("dialog").waitFor();
    },
  },
  { name: "archive", show: ({ page, base }) => arrive(page, `${base}/archive`, "main h1") },
  ...["profile", "appearance", "password", "keys", "sessions", "shares", "data", "instance", "providers", "users"].map((section) => ({
    name: `settings-${section}`,
    show: ({ page, base }: Visit) => arrive(page, `${base}/settings/${section}`, "main h1"),
  })),
  {
    name: "sidebar",
    phone: true,
    show: async (visit) => {
      await begin(visit);
      await visit.page
        .getByRole("button", { name: visit.say("sidebar.open") })
        .first()
        .click();
      await visit.page.getByRole("navigation", { name: visit.say("sidebar.label") }).waitFor();
    },
  },
];

export async function begin({ page, base }: Pick<Visit, "page" | "base">): Promise<void> {
  await arrive(page, base, "#model-picker");
}

export async function send(page: Page, text: string): Promise<void> {
  await page.locator("#composer").fill(text);
  await page.locator("#composer").press("Enter");
}

export async function answered(page: Page, status: string): Promise<void> {
  await page.locator(`article[data-role="assistant"][data-status="${status}"]`).last().waitFor({ timeout: 60_000 });
}

async function arrive(page: Page, address: string, sign: string): Promise<void> {
  await page.goto(address);
  await page.locator(sign).first().waitFor();
}

async function paste(page: Page, text: string): Promise<void> {
  await page.locator("#composer").evaluate((field, content) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", content);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

const LIST: readonly { title: string; folder?: number; pinned?: boolean; archived?: boolean }[] = [
  { title: "Quarterly plan, first draft", pinned: true },
  { title: "季度计划初稿", pinned: true },
  { title: "Kubernetes upgrade checklist", folder: 0 },
  { title: "PostgreSQL: slow query on orders", folder: 0 },
  { title: "合同翻译 – Lieferantenvertrag", folder: 1 },
  { title: "Interview questions for a data engineer" },
  { title: "二分查找为什么会溢出？" },
  { title: "Plan for the summer party" },
  { title: "Summarise the audit report in five sentences" },
  { title: "周报模板" },
  { title: "Old travel expenses", archived: true },
];

/** Fills an account as weeks of use would: folders, pinned and archived conversations, a shared one, an invitation. The page is signed in. */
export async function furnish(page: Page): Promise<Furnished> {
  return page.evaluate(async (list) => {
    const json = { "Content-Type": "application/json" };
    const call = async (method: string, path: string, body: unknown) => {
      const answer = await fetch(`/api/${path}`, { method, headers: json, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer.status === 204 ? null : answer.json();
    };
    const id = () => {
      const time = Date.now().toString(16).padStart(12, "0");
      const random = crypto.randomUUID().replaceAll("-", "");
      return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-a${random.slice(3, 6)}-${random.slice(6, 18)}`;
    };
    const folders = [id(), id()];
    for (const [at, name] of ["Platform", "法务"].entries()) await call("PUT", `folders/${folders[at]}`, { name });
    for (const item of list) {
      const conversation = id();
      await call("PUT", `conversations/${conversation}`, { title: item.title });
      const change = { pinned: item.pinned, archived: item.archived, folder: item.folder === undefined ? undefined : folders[item.folder] };
      if (Object.values(change).some((value) => value !== undefined)) await call("PATCH", `conversations/${conversation}`, change);
    }
    const [shared, question] = [id(), id()];
    const parts = [{ type: "text", text: "Show me what you can do" }];
    const models = (await (await fetch("/api/models")).json()).items;
    const model = { provider: models[0].provider, model: models[0].id };
    const started = await call("POST", `conversations/${shared}/messages`, {
      id: question,
      parts,
      model,
      conversation: { title: "A tour" },
    });
    for (let tries = 0; tries < 200; tries += 1) {
      const run = await (await fetch(`/api/runs/${started.run.id}`)).json();
      if (run.state === "done") break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const share = await call("POST", `conversations/${shared}/shares`, { days: 30 });
    const invitation = await call("POST", "invitations", { email: "grace@example.org", role: "member", days: 7 });
    return { share: location.origin + share.path, invitation: location.origin + invitation.path };
  }, LIST);
}
