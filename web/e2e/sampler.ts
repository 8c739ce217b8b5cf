/** What a person sees of a growing answer, frame by frame, and when its text came from the network. Runs in the page. */
import type { BrowserContext, Page } from "playwright-core";

export type Frame = { time: number; length: number; top: number };
type Arrival = { time: number; length: number };
/** `asked` is the shift within half a second of a key or a click, which browsers take for what the person asked for. */
type Recording = { frames: Frame[]; arrivals: Arrival[]; shift: number; asked: number };

type Delta = { seq: number; text?: string };
type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };

declare global {
  interface Window {
    sampler: { begin(): void; end(): Recording };
  }
}

/** Figures of a recording. Times in milliseconds, lengths in characters. */
export type Figures = { frames: number; jump: number; lag: number; longestFrame: number; shift: number; asked: number };

/** Prepares every page of a context to be sampled. */
export async function prepareSampler(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const state = { on: false, frames: [] as Frame[], arrivals: [] as Arrival[], shift: 0, asked: 0, seq: 0, rest: "" };
    const decode = TextDecoder.prototype.decode;
    TextDecoder.prototype.decode = function (...args: Parameters<typeof decode>): string {
      const text = decode.apply(this, args);
      if (!state.on) return text;
      const lines = (state.rest + text).split("\n");
      state.rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data: ")) take(JSON.parse(line.slice(6)));
      return text;
    };
    // A connection that is opened anew repeats events; a reset tells the whole text.
    const take = (data: { events?: Delta[]; parts?: { text?: string }[]; seq?: number }) => {
      for (const event of data.events ?? []) if (event.seq > state.seq) arrive(event.seq, lengthSoFar() + (event.text ?? "").length);
      if (data.parts && data.seq && data.seq > state.seq)
        arrive(
          data.seq,
          data.parts.reduce((sum, part) => sum + (part.text ?? "").length, 0),
        );
    };
    const lengthSoFar = () => state.arrivals.at(-1)?.length ?? 0;
    const arrive = (seq: number, length: number) => {
      state.seq = seq;
      state.arrivals.push({ time: performance.now(), length });
    };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) if (state.on) state[entry.hadRecentInput ? "asked" : "shift"] += entry.value;
    }).observe({ type: "layout-shift" });
    const sample = (time: number) => {
      if (!state.on) return;
      const answer = [...document.querySelectorAll('article[data-role="assistant"]')].at(-1);
      const length = [...(answer?.querySelectorAll(".prose") ?? [])].reduce((sum, part) => sum + (part.textContent?.length ?? 0), 0);
      state.frames.push({ time, length, top: document.querySelector(".thread-scroll")?.scrollTop ?? 0 });
      requestAnimationFrame(sample);
    };
    window.sampler = {
      begin() {
        Object.assign(state, { on: true, frames: [], arrivals: [], shift: 0, asked: 0, seq: 0, rest: "" });
        requestAnimationFrame(sample);
      },
      end() {
        state.on = false;
        return { frames: state.frames, arrivals: state.arrivals, shift: state.shift, asked: state.asked };
      },
    };
  });
}

/** Samples while `work` goes on. */
export async function sampled(page: Page, work: () => Promise<unknown>): Promise<Recording> {
  await page.evaluate(() => window.sampler.begin());
  await work();
  return page.evaluate(() => window.sampler.end());
}

/**
 * The figures of a recording, without its last step, in which what is left is shown at once. A jump is what a frame of 17 ms adds:
 * one that a busy machine lost, and the one after it, count for as many as they took.
 */
export function figuresOf({ frames, arrivals, shift, asked }: Recording): Figures {
  const whole = (arrivals.at(-1)?.length ?? 0) - 2; // the white space at the end is not shown
  let [jump, lag, longestFrame] = [0, 0, 0];
  for (const [index, frame] of frames.entries()) {
    const before = frames[index - 1];
    if (!before || frame.length >= whole) continue;
    const took = frame.time - before.time;
    const lost = (frame.time - (frames[index - 2]?.time ?? before.time - 17)) / 17 - 1;
    if (before.length > 0) jump = Math.max(jump, (frame.length - before.length) / Math.max(1, lost));
    longestFrame = Math.max(longestFrame, took);
    const waiting = arrivals.find(({ length }) => length > frame.length + 2);
    if (waiting && waiting.time < frame.time) lag = Math.max(lag, frame.time - waiting.time);
  }
  return { frames: frames.length, jump, lag, longestFrame, shift, asked };
}
