// Holds mappings until one is refused. That is an error, long before the process would be aborted, and the process goes
// on.
import { mappingAllocator, MLockedBytes } from '@evolock/mlocked-bytes';
import { keyOf, message, sum2Kes } from '../arguments/world.js';
import { mappings, print, turn, untilRefused } from './scenario.js';

const witness = keyOf(sum2Kes);
const root = witness.deriveVerificationKey();
const held: ReturnType<typeof mappingAllocator.allocate>[] = [];
const refused = untilRefused(() => held.push(mappingAllocator.allocate(32)), 20_000);
const still = untilRefused(() => held.push(mappingAllocator.allocate(32)), 10);
const used = mappings();
const whileFull = sum2Kes.verify(root, 0, message, witness.sign(message));
for (const slot of held) slot.release();
await turn();
await turn();
const again = mappingAllocator.allocate(32);
const value = MLockedBytes.newZeroed(32);
value.release();
again.release();
print({ refused, still, used, whileFull, usable: value.released });
