import { connect, createServer, type Server as Listener, type Socket } from "node:net";

/** The line between a browser and a server, which can be cut. */
export class Line {
  readonly #listener: Listener;
  readonly #sockets = new Set<Socket>();
  #cut = false;

  private constructor(to: number) {
    this.#listener = createServer((near) => {
      if (this.#cut) return void near.destroy();
      const far = connect(to, "127.0.0.1");
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket
          .on("error", () => undefined)
          .on("close", () => {
            this.#sockets.delete(socket);
            near.destroy();
            far.destroy();
          });
      }
      near.pipe(far).pipe(near);
    });
  }

  static async to(port: number): Promise<Line> {
    const line = new Line(port);
    await new Promise<void>((resolve) => line.#listener.listen(0, "127.0.0.1", resolve));
    return line;
  }

  get base(): string {
    const address = this.#listener.address();
    return `http://localhost:${typeof address === "object" && address ? address.port : 0}`;
  }

  /** Ends every connection and takes no new one. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#cut = false;
  }

  close(): void {
    this.cut();
    this.#listener.close();
  }
}
