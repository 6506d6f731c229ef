import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { goneRoot, liveRoot, type Expectation } from '../../secrets/expectation.js';
import type { Operation } from '../operation.js';
import { holds } from '../refused.js';

function operation(
  name: string,
  expects: Expectation,
  run: (seed: MLockedSeed<32>) => unknown,
): Operation {
  return { layer: 'seed', name, expects, run: (subject) => run(subject.seed()) };
}

/** Every operation of a seed except `newRandom`, whose result the scanning process does not know. */
export const seedOperations: readonly Operation[] = [
  {
    layer: 'seed',
    name: 'fromBytes',
    expects: liveRoot,
    run(subject) {
      // This memory is outside the heap, because the garbage collector copies objects in the heap.
      const source = new Uint8Array(new ArrayBuffer(32));
      subject.plant(source);
      return MLockedSeed.fromBytes(source);
    },
  },
  operation('clone', liveRoot, (seed) => [seed, seed.clone()]),
  operation('equals', liveRoot, (seed) => {
    const other = seed.clone();
    holds(seed.equals(other), 'a clone is equal');
    const random = MLockedSeed.newRandom(32);
    holds(!seed.equals(random), 'a random seed is not equal');
    random.release();
    return [seed, other];
  }),
  operation('expand', { ...liveRoot, live: ['', 'L', 'R'] }, (seed) => {
    const { left, right } = seed.expand();
    return [seed, left, right];
  }),
  operation('expand, then release all', { ...goneRoot, gone: ['', 'L', 'R'] }, (seed) => {
    const { left, right } = seed.expand();
    for (const each of [seed, left, right]) each.release();
  }),
  operation('serialise and read', liveRoot, (seed) => {
    const buffer = MLockedBytes.newZeroed(32);
    buffer.withBytes((memory) => {
      directSerialiseBufChecked(memory, seed);
    });
    const read = buffer.withBytes((memory) =>
      directDeserialiseBufChecked(memory, MLockedSeed.type(32)),
    );
    return [seed, buffer, read];
  }),
  operation('withBytes, a loop over the bytes', liveRoot, (seed) => {
    holds(
      seed.withBytes((memory) => memory.some((byte) => byte !== 0)),
      'a secret is not zero',
    );
    return seed;
  }),
  operation('release', goneRoot, (seed) => {
    seed.release();
  }),
];
