import type { TestBrowser } from "../browser.ts";
import type { Server } from "../server.ts";

export type Stage = { server: Server; browser: TestBrowser; step: (text: string) => void };
/** `command` names the variable that says how the server is started, if it is not the usual one; `scrollbars` are drawn when asked for. */
export type Scenario = {
  environment?: Record<string, string>;
  command?: string;
  scrollbars?: boolean;
  run: (stage: Stage) => Promise<void>;
};
