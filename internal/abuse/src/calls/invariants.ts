// What holds after every call: no slot is lost, other keys and bytes are unchanged, and new slots are empty.
import { subscribe } from 'node:diagnostics_channel';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { keyOf, lockedBytes, message, publicPartsOf, secret, sum2Kes } from '../arguments/world.js';

const SIZES = [16, 32, 64, 500, 2048];

export class Invariants {
  #key = keyOf(sum2Kes);
  #bytes = SIZES.map((size) => lockedBytes(size));
  #lost: unknown[] = [];
  #slots = pooledAllocator.usage().liveSlots;

  constructor() {
    subscribe('evolock:memory:lost', (value) => {
      this.#lost.push(value);
    });
  }

  /** The faults that a call left. This check is cheap. */
  afterCall() {
    const broken = [];
    const { liveSlots } = pooledAllocator.usage();
    if (liveSlots !== this.#slots) broken.push(`${liveSlots - this.#slots} slots more are live`);
    this.#slots = liveSlots;
    if (this.#lost.length > 0) broken.push(`lost: ${JSON.stringify(this.#lost.splice(0))}`);
    return broken;
  }

  /** The damage of all calls so far to other values. */
  ofWitnesses() {
    const broken = [];
    const signature = Buffer.from(this.#key.sign(message));
    if (!signature.equals(publicPartsOf(sum2Kes).signature))
      broken.push('the witness key makes another signature');
    for (const witness of this.#bytes)
      if (!Buffer.from(secret(witness.size)).equals(unsoundMemory(witness)))
        broken.push(`witness of ${witness.size} bytes changed`);
    const handedOut = SIZES.flatMap((size) => [1, 2, 3].map(() => MLockedBytes.newZeroed(size)));
    if (!handedOut.every((fresh) => unsoundMemory(fresh).every((byte) => byte === 0)))
      broken.push('a new slot is not zero');
    for (const fresh of handedOut) fresh.release();
    return broken;
  }
}
