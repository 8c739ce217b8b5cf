/** The steps of a fade: how old the text of each is, at most. Their colours stand in thread.css. */
const STEPS_MS = [70, 140, 220];
const MOST_CHARS = 400;

type Mark = { count: number; time: number };
type Point = { node: Node; offset: number };

/**
 * Lets the newest words of a text fade in. They are painted lighter by ranges of the CSS Custom Highlight API, so that neither the
 * document nor its layout changes for it. A browser without that API shows words at once.
 */
export class Fade {
  #marks: Mark[] = [];
  #ranges: Range[] = [];

  /** The text in `root` is `count` long at `now`; true while some of it is still fading in. */
  show(root: Node | null, count: number, now: number): boolean {
    if (!root || typeof CSS !== "object" || !CSS.highlights) return false;
    const oldest = now - (STEPS_MS.at(-1) ?? 0);
    while ((this.#marks[1]?.time ?? now) < oldest) this.#marks.shift();
    if (this.#marks.at(-1)?.count !== count) this.#marks.push({ count, time: now });
    const ages = STEPS_MS.map((age) => Math.min(MOST_CHARS, count - this.#countAt(now - age)));
    this.#paint(root, ages);
    return (ages.at(-1) ?? 0) > 0;
  }

  end(): void {
    this.#ranges.forEach((range, step) => void CSS.highlights.get(nameOf(step))?.delete(range));
    this.#ranges = [];
    this.#marks = [];
  }

  /** How long the text was at a time. What was there first is old. */
  #countAt(time: number): number {
    return (this.#marks.findLast((mark) => mark.time <= time) ?? this.#marks[0])?.count ?? 0;
  }

  #paint(root: Node, ages: readonly number[]): void {
    const points = pointsFromEnd(root, [0, ...ages]);
    for (const step of STEPS_MS.keys()) {
      const range = this.#ranges[step] ?? this.#makeRange(step);
      const [end, start] = [points[step], points[step + 1]];
      if (end && start && start !== end) {
        range.setStart(start.node, start.offset);
        range.setEnd(end.node, end.offset);
      } else range.collapse();
    }
  }

  #makeRange(step: number): Range {
    const range = new Range();
    const highlight = CSS.highlights.get(nameOf(step)) ?? new Highlight();
    CSS.highlights.set(nameOf(step), highlight.add(range));
    this.#ranges[step] = range;
    return range;
  }
}

function nameOf(step: number): string {
  return `fresh-${step + 1}`;
}

/** The places that lie so many characters before the end of the text, for distances that grow. */
function pointsFromEnd(root: Node, distances: readonly number[]): Point[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const points: Point[] = [];
  let passed = 0;
  for (let node = walker.lastChild(); node && points.length < distances.length; node = walker.previousNode()) {
    const length = node.nodeValue?.length ?? 0;
    for (
      let distance = distances[points.length];
      distance !== undefined && distance <= passed + length;
      distance = distances[points.length]
    )
      points.push({ node, offset: passed + length - distance });
    passed += length;
  }
  return points;
}
