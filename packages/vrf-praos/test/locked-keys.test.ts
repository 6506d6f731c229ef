import {
  errorOf,
  RecordingAllocator,
  refusalsOf,
  renderingsOf,
  spellingsOf,
} from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { lockStatus, pooledAllocator, praosVrf, type AllocationOptions } from '../src/index.js';
import { extendedFrom, extendedImage, keyFrom, keyOf, serialised } from './signing-keys.js';

const seed = Uint8Array.from({ length: 32 }, (_, index) => 201 - 3 * index);

/** The serialised VRF key of the seed. */
const image = (() => {
  using key = keyOf(seed);
  return serialised(key);
})();

/** Both kinds of keys. */
const kinds = [
  {
    name: 'VrfSigningKey',
    secret: seed,
    image,
    verificationKeyAt: 32,
    make: (options?: AllocationOptions) => keyOf(seed, praosVrf, options),
    readFrom: (bytes: Uint8Array, options?: AllocationOptions) => keyFrom(bytes, praosVrf, options),
    right: { prove: [Uint8Array.of(1)], directSerialise: [() => {}] },
    methods: ['prove', 'deriveVerificationKey', 'clone', 'seed', 'directSerialise'],
  },
  {
    name: 'ExtendedSigningKey',
    secret: extendedImage.slice(0, 64),
    image: extendedImage,
    verificationKeyAt: 64,
    make: (options?: AllocationOptions) => extendedFrom(extendedImage, options),
    readFrom: extendedFrom,
    right: { sign: [Uint8Array.of(1)], directSerialise: [() => {}] },
    methods: ['sign', 'deriveVerificationKey', 'clone', 'directSerialise'],
  },
];

describe.each(kinds)('$name', (kind) => {
  const { name, secret, make, readFrom } = kind;

  test('a released key throws from every method except those of every released value', () => {
    const key = make();
    key.release();
    key.release();
    // The name of the algorithm is public.
    const refusals = refusalsOf(key, kind.right, ['algorithmName']);
    expect([...refusals.keys()]).toEqual(expect.arrayContaining(kind.methods));
    expect(new Set(refusals.values())).toEqual(new Set(['ERR_EVOLOCK_RELEASED']));
    expect(String(key)).toBe(`[${name}: released]`);
  });

  test('its memory is wiped before `release` returns', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const key = make({ allocator });
    const memory = allocator.slots[0]!.bytes;
    expect(new Uint8Array(memory.subarray(0, secret.length))).toEqual(secret);
    key.release();
    expect(memory.every((byte) => byte === 0)).toBe(true);
  });

  test('no way of printing shows a part of its secret', () => {
    using key = make();
    for (const [way, text] of renderingsOf(key)) {
      for (const spelling of spellingsOf(secret)) expect(text, way).not.toContain(spelling);
    }
    expect(renderingsOf(key).get('inspect')).toContain(`[${name}: `);
    expect(Reflect.ownKeys(key)).toEqual([]);
  });

  test('every operation gives its slots back, wiped, also when an allocation fails', () => {
    using key = make();
    const read = (options?: AllocationOptions) => readFrom(kind.image, options);
    const operations = [make, read, (options?: AllocationOptions) => key.clone(options)];
    for (const operation of operations) {
      const log = new RecordingAllocator(pooledAllocator);
      operation({ allocator: log }).release();
      log.expectClean();
      for (let n = 0; n < log.allocations; n += 1) {
        const allocator = new RecordingAllocator(pooledAllocator).failAt(n);
        expect(errorOf(() => operation({ allocator }))).toBe(allocator.refusal);
        allocator.expectClean();
      }
    }
  });

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

  test('bytes of another size are not read', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const { length } = kind.image;
    for (const size of [0, length - 1, length + 1, 2 * length]) {
      const bytes = new Uint8Array(size).fill(1);
      bytes.set(kind.image.subarray(0, size));
      expect(errorOf(() => readFrom(bytes, { allocator }))).toMatchObject({
        code: 'ERR_EVOLOCK_SIZE_CHECK',
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
  const key = keyOf(seed);
  const blocks: Uint8Array[] = [];
  key.directSerialise((block) => blocks.push(new Uint8Array(block)));
  expect(blocks).toEqual([Uint8Array.from([...seed, ...key.deriveVerificationKey()])]);
  using read = keyFrom(image);
  expect(read.prove(seed)).toEqual(key.prove(seed));
  using copy = key.seed();
  key.release();
  expect(copy.withBytes((bytes) => new Uint8Array(bytes))).toEqual(seed);
});

test('a kL that is a multiple of the order is not read', () => {
  const identity = new Uint8Array(128);
  identity[64] = 1;
  expect(errorOf(() => extendedFrom(identity))).toMatchObject({
    code: 'ERR_EVOLOCK_VRF_INCONSISTENT_KEY',
  });
});
