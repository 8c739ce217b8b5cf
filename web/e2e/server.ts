import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const STARTING_MS = 30_000;

/** A real server in a folder of its own. It can be killed and started again on the same data and port. */
export class Server {
  readonly #folder = mkdtempSync(join(tmpdir(), "portico-e2e-"));
  readonly port: number;
  readonly #environment: Record<string, string>;
  readonly #command: string;
  #process: ChildProcess | null = null;
  #log = "";

  private constructor(port: number, environment: Record<string, string>, command: string) {
    this.port = port;
    this.#environment = { ...environment };
    this.#command = command;
  }

  /** Starts a server on a free port. The variable `command` says how (a JSON list), by default `portico serve`. */
  static async start(environment: Record<string, string> = {}, command = "PORTICO_COMMAND"): Promise<Server> {
    const server = new Server(await freePort(), environment, command);
    await server.up();
    return server;
  }

  get base(): string {
    return `http://localhost:${this.port}${this.#environment.PORTICO_BASE_PATH ?? ""}`;
  }

  async up(): Promise<void> {
    const [command = "portico", ...parameters] = JSON.parse(process.env[this.#command] ?? '["portico", "serve"]') as string[];
    const child = spawn(command, parameters, { env: this.#variables, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => this.#keep(data.toString()));
    const deadline = Date.now() + STARTING_MS;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the server did not start:\n${this.#log}`);
      await sleep(100);
    }
  }

  /** Writes a conversation of so many messages straight into the store; returns its id. `PORTICO_SEED` says how (a JSON list). */
  seed(messages: number): string {
    const [command = "", ...parameters] = JSON.parse(process.env.PORTICO_SEED ?? '["python", "-m", "tests.e2e.seed"]') as string[];
    const root = resolve(import.meta.dirname, "../..");
    return execFileSync(command, [...parameters, String(messages)], { cwd: root, env: this.#variables, encoding: "utf8" }).trim();
  }

  get #variables(): NodeJS.ProcessEnv {
    const own = { PORT: String(this.port), PORTICO_DATA_DIR: this.#folder, PORTICO_DRAIN_SECONDS: "1" };
    return { ...process.env, ...this.#environment, ...own };
  }

  /** Ends the process at once, as a crash or a power cut would. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Lets it say goodbye and end, as before a new version. */
  async down(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async stop(): Promise<void> {
    await this.down();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Starts again with other settings. */
  async restart(environment: Record<string, string> = {}): Promise<void> {
    await this.down();
    Object.assign(this.#environment, environment);
    await this.up();
  }

  /** What it wrote lately, without the files of the page. */
  get log(): string {
    return this.#log
      .split("\n")
      .filter((line) => !line.includes(" path=/assets/"))
      .join("\n");
  }

  #keep(text: string): void {
    this.#log = (this.#log + text).slice(-20_000);
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok;
    } catch {
      return false; // Nobody listens yet.
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
    await gone;
    clearTimeout(late);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
