import type { BrowserContext, Locator, Page } from "playwright-core";
import { picture } from "../picture.ts";
import { answers, ask, check, composer, lastAnswerIs, questions, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const MOST_FRAMES = 2; // of 16 ms each where the machine is not busy
const LONG = Array.from({ length: 400 }, (_, line) => `line ${line} of a long text`).join("\n");
const chips = (page: Page): Locator => page.getByRole("list", { name: "To be sent with the message" }).getByRole("listitem");

/** The composer: input methods, drafts, long texts, files with their failures, what holds a message back, and how soon it is seen. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);

    step("while the models are under way nothing is said of them, and what is sent waits for them");
    await modelsUnderWay(page, server.base);

    step("the field has the focus; Enter that chooses a word does not send");
    await page.waitForFunction(() => document.activeElement?.id === "composer");
    await inputMethod(context, page);
    await composer(page).fill("");

    step("a sent message is seen at once, and undo brings its text back");
    await ask(page, "/echo first");
    await lastAnswerIs(page, "done");
    const { ms, frames } = await untilBubble(page, "/echo second");
    console.log(`  bubble after ${ms.toFixed(1)} ms`);
    check(frames <= MOST_FRAMES, `the message was seen only after ${frames} frames, ${ms} ms`);
    await lastAnswerIs(page, "done");
    await page.keyboard.press("Control+Z");
    check((await composer(page).inputValue()) === "/echo second", "undo does not bring the text back");
    await composer(page).fill("");

    step("while an answer runs Enter keeps the text and says so");
    await ask(page, "/words 900 rate 30");
    await composer(page).fill("/echo later");
    await composer(page).press("Enter");
    await page.getByText("An answer is under way").waitFor();
    check((await composer(page).inputValue()) === "/echo later", "the text is lost");
    await page.keyboard.press("Escape");
    await lastAnswerIs(page, "stopped");
    await page.getByText("An answer is under way").waitFor({ state: "detached" });

    step("the draft is the same in a second tab, and survives a reload");
    const second = await context.newPage();
    await second.goto(page.url());
    await composer(second).waitFor();
    check((await composer(second).inputValue()) === "/echo later", "the second tab has another draft");
    await composer(second).fill("changed there");
    await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("#composer")?.value === "changed there");
    await second.close();
    await composer(page).fill("");

    step("a refused message goes back into the field");
    await page.route("**/messages", (route) =>
      route.fulfill({ status: 422, json: { code: "invalid_request", detail: "Refused for the test." } }),
    );
    await composer(page).fill("/echo refused");
    await composer(page).press("Enter");
    await page.getByText("Refused for the test.").waitFor();
    await page.unrouteAll();
    await page.getByRole("button", { name: "Rewrite" }).press("Enter"); // The view may still be scrolling: a key does not miss.
    check((await composer(page).inputValue()) === "/echo refused", "the refused text is not in the field");
    await composer(page).press("Enter");
    await lastAnswerIs(page, "done");

    await longText(page);
    await files(page, server.base);
    await phone(await browser.context({ ...PHONE, storageState: await context.storageState() }), server.base);
  },
};

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function modelsUnderWay(page: Page, base: string): Promise<void> {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/api/models", async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(base);
  await composer(page).fill("/echo as soon as you can");
  await page.waitForTimeout(300); // longer than anything that could flash
  check((await page.getByText(/No model/).count()) === 0, "the page says that there is no model while it asks for them");
  await composer(page).press("Enter");
  await page.getByText("Will be sent when the models are loaded").waitFor();
  release();
  await lastAnswerIs(page, "done");
  await page.unrouteAll();
  await page.goto(base);
  await composer(page).waitFor();
}

/** A composition as an input method makes it, then the order of events that Safari has. */
async function inputMethod(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("Input.imeSetComposition", { text: "nihao", selectionStart: 5, selectionEnd: 5 });
  await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
  await session.send("Input.insertText", { text: "你好" });
  check((await composer(page).inputValue()) === "你好", `the composition became ${await composer(page).inputValue()}`);
  await composer(page).evaluate((area) => {
    area.dispatchEvent(new CompositionEvent("compositionend", { data: "你好", bubbles: true }));
    area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true }));
  });
  check((await questions(page).count()) === 0, "Enter in a composition sent the message");
}

/** Milliseconds from the key press to the frame in which the message stands in the conversation. */
/** How long a sent message takes to be seen, as a clock has it and in frames. */
async function untilBubble(page: Page, text: string): Promise<{ ms: number; frames: number }> {
  await composer(page).fill(text);
  const measured = page.evaluate(
    () =>
      new Promise<{ ms: number; frames: number }>((resolve) => {
        let [pressed, frames] = [0, 0];
        const before = document.querySelectorAll('article[data-role="user"]').length;
        const count = () => {
          frames += 1;
          requestAnimationFrame(count);
        };
        const press = () => {
          pressed = performance.now();
          requestAnimationFrame(count);
        };
        document.addEventListener("keydown", press, { once: true, capture: true });
        new MutationObserver((_, observer) => {
          if (document.querySelectorAll('article[data-role="user"]').length === before) return;
          observer.disconnect();
          requestAnimationFrame(() => resolve({ ms: performance.now() - pressed, frames }));
        }).observe(document.body, { childList: true, subtree: true });
      }),
  );
  await composer(page).press("Enter");
  return measured;
}

async function paste(page: Page, text: string): Promise<void> {
  await composer(page).evaluate((area, content) => {
    const data = new DataTransfer();
    data.setData("text/plain", content);
    area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

async function longText(page: Page): Promise<void> {
  console.log("- a long pasted text is a chip: previewed, changed, put into the message, sent as its own part");
  await paste(page, LONG);
  await chips(page).getByText("Pasted text 1").waitFor();
  await chips(page)
    .getByRole("button", { name: /^Pasted text 1/ })
    .click();
  const dialog = page.getByRole("dialog", { name: "Pasted text 1" });
  await dialog.getByRole("textbox").fill(`first\n${LONG}`);
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.reload();
  await chips(page).getByText("9,4").waitFor(); // it survived, with its size
  await chips(page)
    .getByRole("button", { name: /^Pasted text 1/ })
    .click();
  await dialog.getByRole("button", { name: "Put into the message" }).click();
  check((await composer(page).inputValue()).startsWith("first\nline 0"), "the text is not in the message");
  await page.getByText(/About .* tokens/).waitFor();
  const height = (await composer(page).boundingBox())?.height ?? 0;
  check(height <= 800 * 0.4 + 1, `the field is ${height} px high`);
  await page.getByRole("button", { name: "Make the field larger" }).click();
  check(((await composer(page).boundingBox())?.height ?? 0) > height, "the field is not larger");
  await composer(page).fill("");
  await paste(page, LONG);
  await ask(page, "/echo what is it?");
  await lastAnswerIs(page, "done");
  const sent = questions(page).last();
  await sent.getByRole("button", { name: /Pasted text 1/ }).click();
  await sent.getByText("line 399").waitFor();
  check((await chips(page).count()) === 0, "the chip is still there");
}

async function files(page: Page, base: string): Promise<void> {
  console.log("- files: dropped on the page, refused with a reason, failed and tried again, waited for");
  await drop(page, [
    { name: "notes.md", type: "text/markdown", bytes: [...Buffer.from("# 计划\n")] },
    { name: "gbk.txt", type: "text/plain", bytes: [0xd6, 0xd0, 0xce, 0xc4] },
    { name: "report.pdf", type: "application/pdf", bytes: [...Buffer.from("%PDF-1.7\n"), 0, 1, 2] },
  ]);
  await chips(page).getByText("Not an image").waitFor();
  await chips(page)
    .getByRole("button", { name: /^gbk\.txt/ })
    .click();
  await page.getByRole("dialog").getByText("GB18030").waitFor();
  await page.getByRole("dialog").getByText("中文").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Remove report.pdf" }).click();

  let broken = true;
  await page.route("**/api/files/*/parts/*", (route) => (broken ? route.abort() : route.continue()));
  await choose(page, "red.png", picture(64));
  await chips(page).getByText("cannot be reached").waitFor();
  await composer(page).fill("/echo with files");
  await composer(page).press("Enter");
  await page.getByText("Try it again or remove it").waitFor();
  broken = false;
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/api/files/*", async (route) => {
    await gate;
    await route.continue();
  });
  await page.getByRole("button", { name: "Upload red.png again" }).click();
  await composer(page).press("Enter");
  await page.getByText("Will be sent when the upload is done").waitFor();
  const before = await questions(page).count();
  release();
  await questions(page).nth(before).locator("img").waitFor();
  await lastAnswerIs(page, "done");
  await questions(page).last().getByText("notes.md").waitFor();
  await page.unrouteAll();

  console.log("- of a large image only the part that failed is sent again");
  const sent: string[] = [];
  await page.route("**/api/files/*/parts/*", (route) => {
    const part = route.request().url().split("/").at(-1) ?? "";
    const first = part === "1" && !sent.includes("1");
    sent.push(part);
    return first ? route.abort() : route.continue();
  });
  await choose(page, "noise.png", picture(700, true));
  await page.getByRole("button", { name: "Upload noise.png again" }).click();
  await chips(page).getByText("Ready").waitFor();
  check(sent.join() === "0,1,1", `the parts that were sent: ${sent.join()}`);
  await page.getByRole("button", { name: "Remove noise.png" }).click();
  await page.unrouteAll();

  console.log("- an uploaded image survives a reload; a second one like it is a duplicate; a model without eyes says so");
  await choose(page, "red.png", picture(64));
  await chips(page).getByText("Ready").waitFor();
  await choose(page, "again.png", picture(64));
  await chips(page).getByText("Already added").waitFor();
  await page.reload();
  await chips(page).getByText("Ready").waitFor();
  check((await chips(page).count()) === 1, "the refused file came back");
  await blind(page, base);
  await page.reload();
  await page.getByText("cannot see images").waitFor();
  await composer(page).fill("/echo look");
  await composer(page).press("Enter");
  check((await composer(page).inputValue()) === "/echo look", "an image was sent to a model that cannot see it");
  await page.getByRole("button", { name: /^Use Demo/ }).click();
  await composer(page).press("Enter");
  await lastAnswerIs(page, "done");
}

type Dropped = { name: string; type: string; bytes: number[] };

async function drop(page: Page, dropped: Dropped[]): Promise<void> {
  await page.evaluate((items) => {
    const data = new DataTransfer();
    for (const item of items) data.items.add(new File([new Uint8Array(item.bytes)], item.name, { type: item.type }));
    Object.assign(globalThis, { dropped: data });
    document.body.dispatchEvent(new DragEvent("dragenter", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, dropped);
  await page.getByTestId("drop-zone").waitFor();
  await page.evaluate(() => {
    const { dropped: data } = globalThis as unknown as { dropped: DataTransfer };
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  });
  await page.getByTestId("drop-zone").waitFor({ state: "detached" });
}

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.setInputFiles('input[type="file"]', { name, mimeType: "image/png", buffer });
}

/** Takes the eyes of the model that is chosen. */
async function blind(page: Page, base: string): Promise<void> {
  const status = await page.evaluate(async (address) => {
    const { items } = (await (await fetch(`${address}/api/models`)).json()) as { items: { provider: string; id: string }[] };
    const first = items[0];
    const patch = {
      method: "PATCH",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ capabilities: { vision: false } }),
    };
    return (await fetch(`${address}/api/providers/${first?.provider}/models/${first?.id}`, patch)).status;
  }, base);
  check(status < 300, `the model was not changed: ${status}`);
}

/** On a phone: no zoom on focus, targets of 44 px, and a field that stays above the keyboard. */
async function phone(context: BrowserContext, base: string): Promise<void> {
  console.log("- a phone");
  const page = await context.newPage();
  await page.goto(base);
  await composer(page).waitFor();
  check((await page.evaluate(() => document.activeElement?.id)) !== "composer", "a field took the focus, and with it the keyboard came");
  const size = await composer(page).evaluate((area) => Number.parseFloat(getComputedStyle(area).fontSize));
  check(size >= 16, `text of ${size} px makes the phone zoom`);
  check((await composer(page).getAttribute("enterkeyhint")) === "send", "the keyboard does not say what its key does");
  for (const name of ["Add images or text files", "Send"]) {
    const box = await page.getByRole("button", { name, exact: true }).boundingBox();
    check(box && box.width >= 44 && box.height >= 44, `${name} is too small for a finger`);
  }
  await page.getByRole("region", { name: "Recent" }).getByRole("link").first().click();
  await answers(page).first().waitFor();
  const seen = 480; // what a keyboard that is laid over the page leaves, as iOS does
  await page.evaluate((height) => {
    const view = window.visualViewport;
    Object.defineProperty(view, "height", { get: () => height });
    view?.dispatchEvent(new Event("resize"));
  }, seen);
  const box = await composer(page).boundingBox();
  check(box && box.y + box.height <= seen, `the field is under the keyboard: ${JSON.stringify(box)}`);
  const notes = await page.locator("section[aria-live=polite]").evaluate((section) => section.getBoundingClientRect().bottom);
  check(notes <= seen, `notes are shown under the keyboard, at ${notes}`);
}
