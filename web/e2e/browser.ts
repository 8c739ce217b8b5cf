import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
// What the browser writes for an answer that a test provokes on purpose, such as a wrong password or a server that is down.
const EXPECTED = /Failed to load resource|net::ERR_/;

/** Debian's Chromium with a fresh profile for each context. It notes everything that must not happen on any page. */
export class TestBrowser {
  readonly complaints: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open({ scrollbars = false } = {}): Promise<TestBrowser> {
    const executablePath = process.env.PORTICO_CHROMIUM ?? "/usr/bin/chromium";
    return new TestBrowser(
      await chromium.launch({ executablePath, args: FLAGS, ignoreDefaultArgs: scrollbars ? ["--hide-scrollbars"] : [] }),
    );
  }

  /** A person's browser: its own cookies and storage. */
  async context(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(30_000);
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
      });
    });
    context.on("page", (page) => this.#listen(page));
    return context;
  }

  /** Every page that is open. */
  pages(): Page[] {
    return this.#browser.contexts().flatMap((context) => context.pages());
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  #listen(page: Page): void {
    page.on("pageerror", (error) => this.complaints.push(`error on the page: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !EXPECTED.test(message.text())) this.complaints.push(`console: ${message.text()}`);
    });
  }
}
