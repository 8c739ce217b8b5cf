import type { TestBrowser } from "../browser.ts";
import type { Server } from "../server.ts";

export type Stage = { server: Server; browser: TestBrowser; step: (text: string) => void };
export type Scenario = { environment?: Record<string, string>; run: (stage: Stage) => Promise<void> };
