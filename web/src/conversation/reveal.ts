/** How fast a text that arrives in bursts is let out, so that it flows. Pure: times are handed in. */

const SLOWEST_MS = 100; // a burst is spread over at least this time,
const LONGEST_MS = 250; // and is out after this time: later would look late
const FORGETS_MS = 1_000; // a longer silence says nothing about the rhythm
const MOST_CHARS = 40; // in a frame, while that empties the buffer in time
const CROWDED_CHARS = 600;
const TOO_MUCH_CHARS = 2_000; // nobody reads this along: a lost connection came back
const FRAME_MS = 17;

/**
 * Every arrival is spread over the time until the next one is expected, learnt from those before. A steady rhythm, however coarse,
 * so becomes a steady speed; an uneven one is caught up with within a quarter of a second.
 */
export class Pace {
  #shown: number;
  #length: number;
  #interval = SLOWEST_MS;
  #arrived: number | null = null;
  #waiting: { length: number; due: number }[] = [];
  #before = 0;

  constructor(length: number) {
    this.#shown = length;
    this.#length = length;
  }

  get shown(): number {
    return Math.floor(this.#shown);
  }

  get pending(): boolean {
    return this.shown < this.#length;
  }

  /** The text has this length now. A shorter one is another text: what is left of it is shown at once. */
  arrive(length: number, now: number): void {
    if (length === this.#length) return;
    const idle = !this.pending;
    this.#length = length;
    if (length < this.#shown || length - this.#shown > TOO_MUCH_CHARS) this.flush();
    this.#learn(now);
    if (idle) this.#before = now;
    if (this.pending) this.#waiting.push({ length, due: now + Math.min(LONGEST_MS, Math.max(SLOWEST_MS, this.#interval * 1.1)) });
  }

  /** Lets out what is due in the frame at `now`; returns how much is shown. */
  step(now: number): number {
    const passed = Math.max(0, now - this.#before);
    const left = this.#length - this.#shown;
    // Fast enough for every arrival to be out when it is due, also for those that came before the last one.
    const shares = this.#waiting.map(({ length, due }) => (length - this.#shown) * Math.min(1, passed / Math.max(1, due - this.#before)));
    const most = left > CROWDED_CHARS ? left : MOST_CHARS * Math.max(1, passed / FRAME_MS);
    this.#before = now;
    this.#shown = Math.min(this.#length, this.#shown + Math.min(Math.max(0, ...shares), most));
    this.#waiting = this.#waiting.filter(({ length }) => length > this.#shown);
    return this.shown;
  }

  flush(): void {
    this.#shown = this.#length;
    this.#waiting = [];
  }

  /** The interval grows at once with a slower rhythm and shrinks slowly, since a text that waits is worse than one that flows late. */
  #learn(now: number): void {
    const gap = this.#arrived === null ? null : now - this.#arrived;
    this.#arrived = now;
    if (gap === null || gap > FORGETS_MS) return;
    this.#interval += (gap - this.#interval) * (gap > this.#interval ? 0.5 : 0.1);
  }
}

/** A place at or after `at` that does not lie within a character outside of the basic plane. */
export function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}
