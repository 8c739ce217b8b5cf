import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

type Answer = { text: string; step?: number; pauseMs?: number };

/** A model that says what the test wants: it speaks the Chat Completions protocol and answers with the text behind a question. */
export class ScriptedModel {
  readonly answers = new Map<string, Answer>();
  readonly #server: Server;
  readonly base: string;

  private constructor(server: Server, base: string) {
    this.#server = server;
    this.base = base;
  }

  static async start(): Promise<ScriptedModel> {
    const server = createServer((request, response) => void model.#handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const model = new ScriptedModel(server, `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/v1`);
    return model;
  }

  /** The settings of a server whose only model this is. */
  get environment(): Record<string, string> {
    return {
      OPENAI_API_KEY: "none",
      OPENAI_PROXY_URL: this.base,
      OPENAI_MODEL_LIST: "-all,+scripted",
      PORTICO_DEFAULT_MODEL: "openai/scripted",
    };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!request.url?.endsWith("/chat/completions")) {
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ data: [{ id: "scripted", object: "model" }] }));
      return;
    }
    const body = JSON.parse(await bodyOf(request));
    const asked = JSON.stringify(body.messages?.at(-1)?.content ?? "");
    const name = [...this.answers.keys()].find((key) => asked.includes(key)) ?? "";
    const { text, step = 4_000, pauseMs = 0 } = this.answers.get(name) ?? { text: "Nothing was prepared." };
    if (!body.stream) {
      const message = { role: "assistant", content: "Scripted" };
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ id: "1", object: "chat.completion", choices: [{ index: 0, message, finish_reason: "stop" }] }));
      return;
    }
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const send = (delta: object, finish: string | null) =>
      response.write(`data: ${JSON.stringify({ id: "1", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
    for (let at = 0; at < text.length; at += step) {
      send({ content: text.slice(at, at + step) }, null);
      if (pauseMs) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    send({}, "stop");
    response.end("data: [DONE]\n\n");
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
