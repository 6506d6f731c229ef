// Long uses of memory, each in a process of its own: node scenarios.js NAME. A scenario prints one line of JSON.
import {
  mappingAllocator,
  MLockedBytes,
  pooledAllocator,
  type MLockedSlot,
} from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { keyOf, message, sum2Kes } from './arguments/world.js';

const mappings = () => readFileSync('/proc/self/maps', 'latin1').split('\n').length;
/** The number of locked mappings. Only the packages make them, whereas the engine maps memory for its heap. */
const lockedMappings = () =>
  readFileSync('/proc/self/smaps', 'latin1').match(/^VmFlags:.* lo\b/gm)?.length ?? 0;
const lockedBytes = () =>
  Number(/^VmLck:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) * 1024;

/** A million objects of the pooled allocator, one after the other and a few at a time, in one turn of the event loop. */
function poolCycles() {
  const AT_ONCE = 16;
  const sizes = [16, 32, 64, 500, 2048];
  let dirty = 0;
  const cycle = (count: number) => {
    const ring: MLockedBytes[] = [];
    for (let number = 0; number < count; number += 1) {
      const value = MLockedBytes.newZeroed(sizes[number % sizes.length]!);
      const memory = unsoundMemory(value);
      // Only the ends of every slot are checked, because all of it would take minutes.
      if (memory[0] !== 0 || memory[memory.byteLength - 1] !== 0) dirty += 1;
      memory[0] = memory[memory.byteLength - 1] = 1 + (number % 255);
      ring.push(value);
      if (ring.length > AT_ONCE) ring.shift()?.release();
    }
    for (const value of ring) value.release();
  };
  const state = () => {
    globalThis.gc?.();
    return {
      mappings: mappings(),
      lockedMappings: lockedMappings(),
      locked: lockedBytes(),
      heap: process.memoryUsage().heapUsed,
      ...pooledAllocator.usage(),
    };
  };
  cycle(20_000);
  const before = state();
  cycle(1_000_000);
  return { before, after: state(), dirty };
}

/** A hundred thousand mappings made and released in one turn of the event loop. */
async function mappingCycles() {
  const state = () => ({ mappings: mappings(), locked: lockedBytes() });
  const before = state();
  let most = 0;
  let dirty = 0;
  for (let number = 0; number < 100_000; number += 1) {
    const slot = mappingAllocator.allocate(1 + (number % 4000));
    if (slot.unsoundBytes.some((byte) => byte !== 0)) dirty += 1;
    slot.unsoundBytes.fill(255);
    slot.release();
    if (number % 5_000 === 0) most = Math.max(most, mappings());
  }
  const during = { mappings: Math.max(most, mappings()), locked: lockedBytes() };
  await turn();
  await turn();
  return { before, during, after: state(), dirty };
}

/** Holds mappings until one is refused: long before the process would be aborted, and the process goes on. */
async function refusal() {
  const witness = keyOf(sum2Kes);
  const root = witness.deriveVerificationKey();
  const held: MLockedSlot[] = [];
  const untilRefused = (most: number) => {
    try {
      for (let count = 0; count < most; count += 1) held.push(mappingAllocator.allocate(32));
    } catch (error) {
      return (error as { code: string }).code;
    }
    return 'never refused';
  };
  const [refused, still, used] = [untilRefused(20_000), untilRefused(10), mappings()];
  const whileFull = sum2Kes.verify(root, 0, message, witness.sign(message));
  for (const slot of held) slot.release();
  await turn();
  await turn();
  const values = [mappingAllocator.allocate(32), MLockedBytes.newZeroed(32)];
  for (const value of values) value.release();
  return { refused, still, used, whileFull, usable: values.every(({ released }) => released) };
}

const WORKERS = 4;
const ROUNDS = 40;

const isFilled = (value: MLockedBytes, byte: number): boolean =>
  value.withBytes((bytes) => bytes.every((each) => each === byte));

/** What a thread does: it fills its values while the other threads fill theirs. */
function work({ id, barrier }: { id: number; barrier: Int32Array }) {
  const marker = 100 + id;
  const sizes = [32, 64, 200, 1000];
  const wrong = { dirty: 0, changed: 0, keys: 0 };
  const keySeed = MLockedSeed.fromBytes(new Uint8Array(32).fill(marker));
  const key = sum2Kes.generateKey(keySeed as MLockedSeed<32>);
  const root = Buffer.from(key.deriveVerificationKey()).toString('hex');
  for (let round = 0; round < ROUNDS; round += 1) {
    const values = Array.from({ length: 64 }, (_, index) =>
      MLockedBytes.newZeroed(sizes[index % sizes.length]!),
    );
    wrong.dirty += values.filter((value) => !isFilled(value, 0)).length;
    for (const value of values) value.withBytes((bytes) => void bytes.fill(marker));
    meet(barrier, round);
    wrong.changed += values.filter((value) => !isFilled(value, marker)).length;
    if (!sum2Kes.verify(key.deriveVerificationKey(), 0, message, key.sign(message)))
      wrong.keys += 1;
    for (const value of values) value.release();
  }
  try {
    parentPort?.postMessage({ wrong, root, posted: keySeed });
  } catch (error) {
    if ((error as Error).name !== 'DataCloneError') throw error;
    parentPort?.postMessage({ wrong, root, posted: {} });
  }
}

function meet(barrier: Int32Array, round: number) {
  const all = WORKERS * (round + 1);
  Atomics.add(barrier, 0, 1);
  Atomics.notify(barrier, 0);
  for (let seen = Atomics.load(barrier, 0); seen < all; seen = Atomics.load(barrier, 0))
    Atomics.wait(barrier, 0, seen, 100);
}

async function workers() {
  const barrier = new Int32Array(new SharedArrayBuffer(4));
  const own = MLockedBytes.fromBytes(new Uint8Array(64).fill(99));
  const threads = Array.from(
    { length: WORKERS },
    (_, id) => new Worker(fileURLToPath(import.meta.url), { workerData: { id, barrier } }),
  );
  const ends = threads.map((thread) => once(thread, 'exit'));
  const said = await Promise.all(threads.map((thread) => once(thread, 'message')));
  await Promise.all(ends);
  return {
    results: said.map(([{ wrong, posted }]) => ({
      ...wrong,
      posted: Reflect.ownKeys(posted).length,
    })),
    roots: new Set(said.map(([{ root }]) => root)).size,
    mine: isFilled(own, 99),
  };
}

const scenarios: Record<string, () => unknown> = { poolCycles, mappingCycles, refusal, workers };

if (isMainThread) console.log(JSON.stringify(await scenarios[process.argv[2] ?? '']?.()));
else work(workerData);
