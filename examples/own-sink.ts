/**
 * Your own sink: it splits the key into two shares, block by block. Each share alone is random bytes, and both together
 * give the key. No byte of the key is in ordinary memory.
 */
import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import {
  directDeserialiseFromChecked,
  directSerialiseToChecked,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { MLockedSeed, sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { MLockedBytes } from '@evolock/mlocked-bytes';

const SIZE = sum6Kes.signingKeySize;

/** Sets `target` to the XOR of as many bytes. */
function xor(target: Uint8Array, one: Uint8Array, other: Uint8Array): void {
  for (let at = 0; at < target.length; at += 1) target[at] = (one[at] ?? 0) ^ (other[at] ?? 0);
}

/** Fills `pad` with random bytes and `rest` with the value XOR these. */
function split(value: DirectSerialise, pad: Uint8Array, rest: Uint8Array): void {
  randomFillSync(pad);
  // A block is lent for one call: do not keep it.
  const write = (offset: number, block: Uint8Array) => {
    xor(rest.subarray(offset, offset + block.length), block, pad.subarray(offset));
  };
  directSerialiseToChecked(write, SIZE, value);
}

/** Reads a key from both shares. */
function combine(pad: Uint8Array, rest: Uint8Array): KesSigningKey {
  // A source fills every byte of the block.
  const read = (offset: number, block: Uint8Array) => {
    xor(block, rest.subarray(offset), pad.subarray(offset));
  };
  return directDeserialiseFromChecked(read, SIZE, sum6Kes);
}

using seed = MLockedSeed.newRandom(32);
using key = sum6Kes.generateKey(seed);
using first = MLockedBytes.newZeroed(SIZE);
using second = MLockedBytes.newZeroed(SIZE);
first.withBytes((pad) => second.withBytes((rest) => split(key, pad, rest)));
using copy = first.withBytes((pad) => second.withBytes((rest) => combine(pad, rest)));
assert.deepEqual(copy.deriveVerificationKey(), key.deriveVerificationKey());
console.log('both shares together give the key');
