/** The module of a thread that hashes lines, ahead of the walk. */
import { bytesIn, type BytesBatch } from '@evolock/verify-threads/bytes';
import { SUBTREE_WIDTH } from '../format/tree.js';
import { hashLines, LineSlot } from './lines.js';

/** The slots that the messages of a batch are about. */
export type ThreadContext = { readonly slots: Slots } | undefined;

/** Slots in one memory, by an ID of their own. */
interface Slots {
  readonly id: number;
  readonly memory: SharedArrayBuffer;
  readonly count: number;
}

/** The slots of the last message. Views of the memory of each message would become old before they are garbage. */
let known = { id: 0, slots: [] as LineSlot[] };

function slotsOf({ id, memory, count }: Slots): readonly LineSlot[] {
  if (known.id !== id) known = { id, slots: LineSlot.allIn(memory, count) };
  return known.slots;
}

/** The message about the lines of a slot: its number, the place of the first line in its subtree, and how many. */
export function linesMessage(slot: number, firstLine: number, count: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(slot, firstLine % SUBTREE_WIDTH, count).buffer);
}

/** Answers the messages of a batch. The answer about lines is in their slot. */
export default function answer(batch: BytesBatch<ThreadContext>): unknown[] {
  const { context } = batch;
  if (context === undefined) return [];
  return [...bytesIn(batch)].map((message) => {
    const [index = 0, firstLine = 0, count = 0] = new Uint32Array(message.slice().buffer);
    const slot = slotsOf(context.slots)[index];
    if (slot !== undefined) hashLines(slot, firstLine, count);
    return undefined;
  });
}
