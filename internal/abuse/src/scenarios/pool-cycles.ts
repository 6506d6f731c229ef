// A million objects of the pooled allocator, one after the other and a few at a time, in one turn of the event loop.
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { lockedBytes, lockedMappings, mappings, print } from './scenario.js';

const CYCLES = Number(process.argv[2]);
const AT_ONCE = 16;
const sizes = [16, 32, 64, 500, 2048];
let dirty = 0;

function cycle(count: number) {
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
}

function state() {
  if (globalThis.gc === undefined) throw new Error('start node with --expose-gc');
  globalThis.gc();
  return {
    mappings: mappings(),
    lockedMappings: lockedMappings(),
    locked: lockedBytes(),
    heap: process.memoryUsage().heapUsed,
    ...pooledAllocator.usage(),
  };
}

cycle(20_000);
const before = state();
cycle(CYCLES);
print({ before, after: state(), dirty });
