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

/** The serialised VRF key of a seed. */
function imageOf(bytes: Uint8Array): Uint8Array {
  using key = keyOf(bytes);
  return serialised(key);
}

/** Both kinds of keys. */
const kinds = [
  {
    name: 'VrfSigningKey',
    secret: seed,
    make: (options?: AllocationOptions) => keyOf(seed, praosVrf, options),
    read: (options?: AllocationOptions) => keyFrom(imageOf(seed), praosVrf, options),
    right: { prove: [Uint8Array.of(1)], directSerialise: [() => {}] },
    methods: ['prove', 'deriveVerificationKey', 'clone', 'seed', 'directSerialise'],
  },
  {
    name: 'ExtendedSigningKey',
    secret: extendedImage.slice(0, 64),
    make: (options?: AllocationOptions) => extendedFrom(extendedImage, options),
    read: (options?: AllocationOptions) => extendedFrom(extendedImage, options),
    right: { sign: [Uint8Array.of(1)], directSerialise: [() => {}] },
    methods: ['sign', 'deriveVerificationKey', 'clone', 'directSerialise'],
  },
];

describe.each(kinds)('$name', ({ name, secret, make, read, right, methods }) => {
  test('a released key throws from every method except those of every released value', () => {
    const key = make();
    key.release();
    key.release();
    const refusals = new Map(refusalsOf(key, right));
    expect([...refusals.keys()]).toEqual(expect.arrayContaining(methods));
    // The name of the algorithm is public.
    refusals.delete('algorithmName');
    expect([...refusals].filter(([, code]) => code !== 'ERR_EVOLOCK_RELEASED')).toEqual([]);
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
    const operations = [make, read, (options?: AllocationOptions) => key.clone(options)];
    for (const operation of operations) {
      const log = new RecordingAllocator(pooledAllocator);
      operation({ allocator: log }).release();
      expect([log.live, log.unwiped]).toEqual([0, 0]);
      for (let n = 0; n < log.allocations; n += 1) {
        const allocator = new RecordingAllocator(pooledAllocator).failAt(n);
        expect(errorOf(() => operation({ allocator }))).toBe(allocator.refusal);
        expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
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
    const offset = name === 'VrfSigningKey' ? 32 : 64;
    const image = name === 'VrfSigningKey' ? imageOf(seed) : extendedImage;
    const readFrom = name === 'VrfSigningKey' ? keyFrom : extendedFrom;
    expect(new Uint8Array(image.subarray(offset, offset + 32))).toEqual(
      key.deriveVerificationKey(),
    );
    for (let bit = 0; bit < 256; bit += 1) {
      const damaged = image.slice();
      damaged[offset + (bit >> 3)]! ^= 1 << (bit & 7);
      expect(() => readFrom(damaged)).toThrow(
        expect.objectContaining({ code: 'ERR_EVOLOCK_VRF_INCONSISTENT_KEY' }),
      );
    }
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

test('the seed of a VRF key outlives the key', () => {
  const key = keyOf(seed);
  using copy = key.seed();
  key.release();
  copy.withBytes((bytes) => {
    expect(new Uint8Array(bytes)).toEqual(seed);
  });
});

test('a VRF key is pushed and pulled as one block, seed and verification key', () => {
  using key = keyOf(seed);
  const blocks: Uint8Array[] = [];
  key.directSerialise((block) => blocks.push(new Uint8Array(block)));
  expect(blocks).toEqual([Uint8Array.from([...seed, ...key.deriveVerificationKey()])]);
  using read = keyFrom(serialised(key));
  expect(read.prove(seed)).toEqual(key.prove(seed));
});

test.each([0, 63, 65, 128])('%i bytes are not a VRF key', (size) => {
  const allocator = new RecordingAllocator(pooledAllocator);
  const bytes = new Uint8Array(size).fill(1);
  bytes.set(imageOf(seed).subarray(0, size));
  expect(() => keyFrom(bytes, praosVrf, { allocator })).toThrow(
    expect.objectContaining({ code: 'ERR_EVOLOCK_SIZE_CHECK' }),
  );
  expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
});

test('a kL that is a multiple of the order is not read', () => {
  const identity = new Uint8Array(128);
  identity[64] = 1;
  expect(() => extendedFrom(identity)).toThrow(
    expect.objectContaining({ code: 'ERR_EVOLOCK_VRF_INCONSISTENT_KEY' }),
  );
});
