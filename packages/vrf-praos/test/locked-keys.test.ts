import { keyFrom, keyOf } from '@evolock/test-keys';
import { describeLockedValue, errorOf, RecordingAllocator } from '@evolock/test-support';
import { afterAll, describe, expect, test } from 'vitest';
import {
  ExtendedSigningKey,
  lockStatus,
  MLockedSeed,
  pooledAllocator,
  PooledAllocator,
  praosVrf,
  type AllocationOptions,
} from '../src/index.js';
import { extendedFrom, extendedImage, serialised } from './signing-keys.js';

const seed = Uint8Array.from({ length: 32 }, (_, index) => 201 - 3 * index);

/** The serialised VRF key of the seed. */
const image = (() => {
  using key = keyOf(praosVrf, seed);
  return serialised(key);
})();

const locked = MLockedSeed.fromBytes(seed.slice()) as MLockedSeed<32>;
afterAll(() => locked.release());

const pools = [pooledAllocator, new PooledAllocator()];

describeLockedValue('VRF keys', {
  type: 'VrfSigningKey',
  pools,
  make: (options) => praosVrf.generateKey(locked, options),
  form: {
    bytes: image,
    read: (bytes, options) => keyFrom(praosVrf, bytes, options),
    pull: (pull, options) => praosVrf.directDeserialise(pull, options),
  },
  operations: {
    clone: (key, options) => key.clone(options),
    seed: (key, options) => key.seed(options),
  },
  secret: seed,
  right: { prove: [Uint8Array.of(1)], directSerialise: [() => {}] },
  refuses: ['prove', 'deriveVerificationKey', 'clone', 'seed', 'directSerialise'],
  // It is public.
  harmless: ['algorithmName'],
});

describeLockedValue('extended keys', {
  type: 'ExtendedSigningKey',
  pools,
  make: (options) => extendedFrom(extendedImage, options),
  form: {
    bytes: extendedImage,
    read: extendedFrom,
    pull: (pull, options) => ExtendedSigningKey.directDeserialise(pull, options),
  },
  operations: { clone: (key, options) => key.clone(options) },
  secret: extendedImage.slice(0, 64),
  right: { sign: [Uint8Array.of(1)], directSerialise: [() => {}] },
  refuses: ['sign', 'deriveVerificationKey', 'clone', 'directSerialise'],
});

/** Both kinds of keys. */
const kinds = [
  {
    name: 'VrfSigningKey',
    image,
    verificationKeyAt: 32,
    readFrom: (bytes: Uint8Array, options?: AllocationOptions) => keyFrom(praosVrf, bytes, options),
  },
  {
    name: 'ExtendedSigningKey',
    image: extendedImage,
    verificationKeyAt: 64,
    readFrom: extendedFrom,
  },
];

describe.each(kinds)('$name', (kind) => {
  const { readFrom } = kind;
  const make = () => readFrom(kind.image);

  test('a clone is the same key in its own memory', () => {
    const key = make();
    using clone = key.clone();
    const verificationKey = key.deriveVerificationKey();
    key.release();
    expect(clone.deriveVerificationKey()).toEqual(verificationKey);
  });

  test('a write to the pushed block does not change the verification key', () => {
    using key = make();
    const verificationKey = key.deriveVerificationKey();
    key.directSerialise((block) => {
      block.subarray(32, 96).fill(1);
    });
    expect(key.deriveVerificationKey()).toEqual(verificationKey);
  });

  test('a key that is read must state its own verification key, every bit of it', () => {
    using key = make();
    const at = kind.verificationKeyAt;
    expect(new Uint8Array(kind.image.subarray(at, at + 32))).toEqual(key.deriveVerificationKey());
    const allocator = new RecordingAllocator(pooledAllocator);
    for (let bit = 0; bit < 256; bit += 1) {
      const damaged = kind.image.slice();
      damaged[at + (bit >> 3)]! ^= 1 << (bit & 7);
      expect(errorOf(() => readFrom(damaged, { allocator }))).toMatchObject({
        code: 'ERR_EVOLOCK_VRF_INCONSISTENT_KEY',
      });
    }
    allocator.expectClean();
  });

  test('its operations need no new locked memory once a key was made', () => {
    using key = make();
    const before = lockStatus();
    for (let times = 0; times < 50; times += 1) {
      if ('prove' in key) key.prove(seed);
      else key.sign(seed);
    }
    expect(lockStatus()).toEqual(before);
  });
});

test('a VRF key is pushed and pulled as one block, seed and verification key, and its seed outlives it', () => {
  const key = keyOf(praosVrf, seed);
  const blocks: Uint8Array[] = [];
  key.directSerialise((block) => blocks.push(new Uint8Array(block)));
  expect(blocks).toEqual([Uint8Array.from([...seed, ...key.deriveVerificationKey()])]);
  using read = keyFrom(praosVrf, image);
  expect(read.prove(seed)).toEqual(key.prove(seed));
  using copy = key.seed();
  key.release();
  expect(copy.withBytes((bytes) => new Uint8Array(bytes))).toEqual(seed);
});

test.each([0, 1])('a kL of zero is not read, whatever its verification key: %i', (stated) => {
  const bytes = new Uint8Array(128);
  bytes[64] = stated;
  expect(errorOf(() => extendedFrom(bytes))).toMatchObject({
    code: 'ERR_EVOLOCK_VRF_INCONSISTENT_KEY',
  });
});
