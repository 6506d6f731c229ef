import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { blocksOf, keyAt, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blake2b256,
  compactSum3Kes,
  type KesAlgorithm,
  pooledAllocator,
  rustSigningKey,
  rustSigningKeyType,
  sum3Kes,
  versionedSigningKey,
  versionedSigningKeyType,
} from '../src/index.js';
import { algorithms } from './algorithms.js';

const forms = [
  { name: 'versioned', of: versionedSigningKey, type: versionedSigningKeyType },
  { name: 'Rust', of: rustSigningKey, type: rustSigningKeyType },
] as const;

function formOf(form: (typeof forms)[number], algorithm: KesAlgorithm, period: number): Uint8Array {
  const bytes = new Uint8Array(form.type(algorithm).size);
  using key = keyAt(algorithm, seedOf(1), period);
  directSerialiseBufChecked(bytes, form.of(key));
  return bytes;
}

describe.each(forms)('the $name form', (form) => {
  it.each(algorithms)(
    'of $name brings a key back at its period, at the first, a middle and the last',
    (algorithm) => {
      const last = algorithm.totalPeriods - 1;
      for (const period of new Set([0, last >> 1, last])) {
        const bytes = formOf(form, algorithm, period);
        using key = directDeserialiseBufChecked(bytes, form.type(algorithm));
        using original = keyAt(algorithm, seedOf(1), period);
        expect(key.period).toBe(period);
        expect(serialised(key)).toEqual(serialised(original));
      }
    },
  );

  it('refuses a period that is not the one at which the key stands, and leaves nothing alive', () => {
    fc.assert(
      fc.property(fc.nat({ max: 7 }), fc.nat({ max: 0xffff_ffff }), (period, stated) => {
        fc.pre(period !== stated);
        const bytes = formOf(form, sum3Kes, period);
        const offset = form.name === 'Rust' ? bytes.length - 4 : 16;
        new DataView(bytes.buffer).setUint32(offset, stated);
        const allocator = new RecordingAllocator(pooledAllocator);
        const read = () => directDeserialiseBufChecked(bytes, form.type(sum3Kes), { allocator });
        expect(codeOf(read)).toBe('ERR_EVOLOCK_KES_PERIOD');
        expect(allocator.live).toBe(0);
      }),
    );
  });

  it('refuses a period that was asked for and is not the one stated', () => {
    const bytes = formOf(form, sum3Kes, 3);
    const read = () => directDeserialiseBufChecked(bytes, form.type(sum3Kes), { period: 4 });
    expect(codeOf(read)).toBe('ERR_EVOLOCK_KES_PERIOD');
  });

  it('names the outermost level that contradicts the period stated, where the algorithm has one', () => {
    for (const [stated, level] of [
      [4, 1],
      [7, 2],
      [1, 3],
      [8, undefined],
      [0xffff_ffff, undefined],
    ] as const) {
      const bytes = formOf(form, sum3Kes, 5);
      new DataView(bytes.buffer).setUint32(form.name === 'Rust' ? bytes.length - 4 : 16, stated);
      const read = () => directDeserialiseBufChecked(bytes, form.type(sum3Kes));
      expect(read).toThrow(expect.objectContaining({ code: 'ERR_EVOLOCK_KES_PERIOD', level }));
    }
  });

  it('is held against the verification key that was given, and leaves nothing alive', () => {
    using key = keyOf(sum3Kes, seedOf(1));
    const bytes = formOf(form, sum3Kes, 5);
    const verificationKey = key.deriveVerificationKey();
    const type = form.type(sum3Kes);
    directDeserialiseBufChecked(bytes, type, { verificationKey }).release();
    verificationKey[31]! ^= 1;
    const allocator = new RecordingAllocator(pooledAllocator);
    const read = () => directDeserialiseBufChecked(bytes, type, { verificationKey, allocator });
    expect(codeOf(read)).toBe('ERR_EVOLOCK_KES_OTHER_KEY');
    expect(allocator.live).toBe(0);
  });

  it('is read with all options, as the plain key is', () => {
    const bytes = formOf(form, sum3Kes, 5);
    const type = form.type(sum3Kes);
    const allocator = new RecordingAllocator(pooledAllocator);
    const read = (options: object) =>
      codeOf(() => directDeserialiseBufChecked(bytes, type, options));
    const verificationKey = new Uint8Array(32);
    expect(read({ verificationKey, allocator })).toBe('ERR_EVOLOCK_KES_OTHER_KEY');
    expect(allocator.allocations).toBeGreaterThan(0);
    expect(allocator.live).toBe(0);
    expect(read({ period: 4 })).toBe('ERR_EVOLOCK_KES_PERIOD');
    expect(read({ keptLevels: -1 })).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
    expect(read(Object.create({ verificationKey }) as object)).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  });

  it('leaves nothing alive when it is cut off anywhere', () => {
    const bytes = formOf(form, sum3Kes, 5);
    for (let length = 0; length < bytes.length; length += 1) {
      const allocator = new RecordingAllocator(pooledAllocator);
      const type = form.type(sum3Kes);
      const read = () =>
        directDeserialiseBufChecked(bytes.subarray(0, length), type, { allocator });
      expect(codeOf(read)).toMatch(/^ERR_EVOLOCK_(SIZE_CHECK|KES_PERIOD)$/);
      expect(allocator.live).toBe(0);
    }
  });
});

describe('the layout, byte by byte', () => {
  it('of the versioned form is letters, version, zeros, tag, period, key', () => {
    const bytes = formOf(forms[0], sum3Kes, 5);
    const tag = blake2b256(new TextEncoder().encode('ed25519_kes_2^3')).subarray(0, 8);
    using key = keyAt(sum3Kes, seedOf(1), 5);
    expect([...bytes]).toEqual([
      ...[0x65, 0x76, 0x6f, 0x6b, 1, 0, 0, 0],
      ...tag,
      ...[0, 0, 0, 5],
      ...serialised(key),
    ]);
  });

  it('of the Rust form is the key, then the period', () => {
    using key = keyAt(sum3Kes, seedOf(1), 5);
    expect([...formOf(forms[1], sum3Kes, 5)]).toEqual([...serialised(key), 0, 0, 0, 5]);
  });

  it('lends the secrets themselves: the blocks of the key, between public ones', () => {
    using key = keyOf(sum3Kes, seedOf(1));
    const sizes: number[] = [];
    versionedSigningKey(key).directSerialise((block) => sizes.push(block.length));
    expect(sizes).toEqual([20, ...blocksOf(key).map(({ length }) => length)]);
  });
});

describe('the header of the versioned form', () => {
  it('refuses the key of the other variant, whose layout is the same', () => {
    const bytes = formOf(forms[0], sum3Kes, 2);
    const read = () => directDeserialiseBufChecked(bytes, versionedSigningKeyType(compactSum3Kes));
    expect(read).toThrow(expect.objectContaining({ problem: 'algorithm' }));
  });
});
