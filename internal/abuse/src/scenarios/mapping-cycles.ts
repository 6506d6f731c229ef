// A hundred thousand mappings made and released in one turn of the event loop.
import { mappingAllocator } from '@evolock/mlocked-bytes';
import { lockedBytes, mappings, print, turn } from './scenario.js';

const CYCLES = Number(process.argv[2]);
const before = { mappings: mappings(), locked: lockedBytes() };
let most = 0;
let dirty = 0;
for (let number = 0; number < CYCLES; number += 1) {
  const slot = mappingAllocator.allocate(1 + (number % 4000));
  if (slot.unsoundBytes.some((byte) => byte !== 0)) dirty += 1;
  slot.unsoundBytes.fill(255);
  slot.release();
  if (number % 5_000 === 0) most = Math.max(most, mappings());
}
const during = { mappings: Math.max(most, mappings()), locked: lockedBytes() };
await turn();
await turn();
print({ before, during, after: { mappings: mappings(), locked: lockedBytes() }, dirty });
