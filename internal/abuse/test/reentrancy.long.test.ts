import { codeOf, RecordingAllocator } from '@evolock/test-support';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import {
  ed25519,
  singleKes,
  sum2Kes,
  sumKes,
  type DsignAlgorithm,
  type KesSigningKey,
} from '@evolock/kes-sum';
import { unsoundRaw } from '@evolock/kes-sum/unsound';
import { afterEach, beforeEach, expect, test } from 'vitest';

const message = Uint8Array.of(1, 2, 3);

let log: RecordingAllocator;
let witness: KesSigningKey;

function keyOf(
  algorithm: { generateKey(seed: MLockedSeed<32>, options: object): KesSigningKey },
  byte = 7,
) {
  const seed = MLockedSeed.fromBytes(new Uint8Array(32).fill(byte)) as MLockedSeed<32>;
  try {
    return algorithm.generateKey(seed, { allocator: log });
  } finally {
    seed.release();
  }
}

beforeEach(() => {
  log = new RecordingAllocator(pooledAllocator);
  witness = keyOf(sum2Kes, 9);
});

afterEach(() => {
  expect(sum2Kes.verify(witness.deriveVerificationKey(), 0, message, witness.sign(message))).toBe(
    true,
  );
  witness.release();
  expect(log.live).toBe(0);
  const fresh = Array.from({ length: 20 }, () => MLockedBytes.newZeroed(160));
  for (const value of fresh) {
    expect(value.withBytes((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
    value.release();
  }
});

test.each([0, 1, 3, 6])(
  'a key that is released while its block %i is read shows no later block',
  (at) => {
    const key = keyOf(sum2Kes);
    const seen: number[] = [];
    const code = codeOf(() =>
      key.directSerialise(() => {
        if (seen.push(0) === at + 1) {
          key.release();
          // The next owner of the slot.
          const next = MLockedBytes.fromBytes(new Uint8Array(128).fill(170));
          next.release();
        }
      }),
    );
    expect([code, seen.length]).toEqual(
      at === 6 ? [undefined, 7] : ['ERR_EVOLOCK_RELEASED', at + 1],
    );
  },
);

test('an update within the serialisation of a key is done, and the serialisation throws', () => {
  const key = keyOf(sum2Kes);
  expect(codeOf(() => key.directSerialise(() => key.update()))).toBe('ERR_EVOLOCK_KES_BUSY');
  expect(key.period).toBe(1);
  expect(sum2Kes.verify(key.deriveVerificationKey(), 1, message, key.sign(message))).toBe(true);
  key.update();
  key.release();
});

/** Ed25519 with a callback before an operation. */
function meddling(operation: 'generate' | 'load' | 'sign', meddle: () => void): DsignAlgorithm {
  const leaf = { ...ed25519.leaf };
  const original = leaf[operation] as (...given: unknown[]) => void;
  leaf[operation] = (...given: unknown[]) => {
    meddle();
    original(...given);
  };
  return { ...ed25519, leaf };
}

test('a leaf scheme that releases the key during an evolution leaves no secret', () => {
  const keys: KesSigningKey[] = [];
  const algorithm = sumKes(singleKes(meddling('generate', () => keys[0]?.release())));
  const key = keyOf(algorithm);
  keys.push(key);
  expect(codeOf(() => key.update())).toBe('ERR_EVOLOCK_RELEASED');
  expect(key.released).toBe(true);
});

test('bytes that are released within their own callback are wiped, and the slot is clean', () => {
  const { liveSlots } = pooledAllocator.usage();
  const value = MLockedBytes.fromBytes(new Uint8Array(32).fill(5));
  value.withBytes((bytes) => {
    value.release();
    expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(codeOf(() => value.zero())).toBe('ERR_EVOLOCK_RELEASED');
  });
  expect(pooledAllocator.usage().liveSlots).toBe(liveSlots);
});

test('a callback cannot detach the blocks that it is lent, public ones included', () => {
  const key = keyOf(sum2Kes);
  const before = unsoundRaw(key, sum2Kes.signingKeySize);
  const sizes: number[] = [];
  key.directSerialise((block) => {
    try {
      structuredClone(block.buffer, { transfer: [block.buffer as ArrayBuffer] });
    } catch {
      // Locked memory cannot be transferred. Some versions of Node copy it, others refuse.
    }
    sizes.push(block.byteLength);
  });
  expect(sizes).toEqual(new Array(7).fill(32));
  expect(unsoundRaw(key, sum2Kes.signingKeySize)).toEqual(before);
  key.release();
});
