import type { Block } from "./document.ts";

const GROUP_BLOCKS = 16;

type Group = { blocks: readonly Block[] };

/** Runs of blocks that keep their beginnings while the text grows. */
export function groupsOf(blocks: readonly Block[]): (readonly Block[])[] {
  const count = Math.ceil(blocks.length / GROUP_BLOCKS);
  return Array.from({ length: count }, (_, index) => blocks.slice(index * GROUP_BLOCKS, (index + 1) * GROUP_BLOCKS));
}

export function isSameGroup({ blocks: before }: Group, { blocks: after }: Group): boolean {
  return before.length === after.length && before.every((block, index) => block === after[index]);
}
