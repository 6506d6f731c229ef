import fc from 'fast-check';
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { keyAt, serialised } from '@evolock/test-keys';
import { codeOf, errorOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  type KesAlgorithm,
  type KesReadOptions,
  type KesSigningKey,
  pooledAllocator,
  rustSigningKey,
  rustSigningKeyType,
  sumKesOfDepth,
} from '../../src/all.js';
import { algorithms } from '../algorithms.js';

const sum0Kes = sumKesOfDepth(0);
const sum3Kes = sumKesOfDepth(3);

function formOf(algorithm: KesAlgorithm, period: number): Uint8Array {
  const bytes = new Uint8Array(rustSigningKeyType(algorithm).size);
  using key = keyAt(algorithm, seedOf(1), period);
  directSerialiseBufChecked(bytes, rustSigningKey(key));
  return bytes;
}

function stating(period: number, stated: number): Uint8Array {
  const bytes = formOf(sum3Kes, period);
  new DataView(bytes.buffer).setUint32(bytes.length - 4, stated);
  return bytes;
}

const type = rustSigningKeyType(sum3Kes);
const anyPeriod = fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 0xffff_ffff }));

/** The error of a read; checks that everything was wiped. */
function refusalOf(bytes: Uint8Array, options?: KesReadOptions) {
  const allocator = new RecordingAllocator(pooledAllocator);
  const error = errorOf(() => directDeserialiseBufChecked(bytes, type, { ...options, allocator }));
  expect(allocator.slots).toHaveLength(1);
  allocator.expectClean();
  return error;
}

describe('the Rust form', () => {
  test.each(algorithms)('of $name is the key, then the period, and is read', (algorithm) => {
    const last = algorithm.totalPeriods - 1;
    for (const period of new Set([0, last >> 1, last])) {
      const bytes = formOf(algorithm, period);
      using original = keyAt(algorithm, seedOf(1), period);
      expect([...bytes]).toEqual([...serialised(original), 0, 0, 0, period]);
      // A part of a larger buffer.
      const larger = Uint8Array.of(255, ...bytes, 255);
      const part = larger.subarray(1, 1 + bytes.length);
      using key = directDeserialiseBufChecked(part, rustSigningKeyType(algorithm), { period });
      expect(key.period).toBe(period);
      expect(serialised(key)).toEqual(serialised(original));
    }
  });

  test('is refused when it states a period that is not the period of the key', () => {
    fc.assert(
      fc.property(fc.nat({ max: 7 }), anyPeriod, (period, stated) => {
        fc.pre(period !== stated);
        expect(refusalOf(stating(period, stated))).toMatchObject({
          code: 'ERR_EVOLOCK_KES_PERIOD',
          argument: 'the period after the key',
          period: stated,
          // The outermost level that differs.
          level: stated < 8 ? Math.floor(Math.log2(period ^ stated)) + 1 : undefined,
        });
      }),
    );
  });

  test('is read with the options of the algorithm', () => {
    const bytes = formOf(sum3Kes, 5);
    using key = keyAt(sum3Kes, seedOf(1), 5);
    const verificationKey = key.deriveVerificationKey();
    directDeserialiseBufChecked(bytes, type, { verificationKey, period: 5 }).release();
    verificationKey[31]! ^= 1;
    expect(refusalOf(bytes, { verificationKey })['code']).toBe('ERR_EVOLOCK_KES_OTHER_KEY');
    expect(refusalOf(bytes, { period: 4 })).toMatchObject({
      code: 'ERR_EVOLOCK_KES_PERIOD',
      argument: 'options.period',
    });
  });

  type Row = [string, KesAlgorithm, change: (key: KesSigningKey) => void, code: string];
  test.each<Row>([
    ['evolves', sum3Kes, (key: KesSigningKey) => key.update(), 'ERR_EVOLOCK_KES_BUSY'],
    ['releases', sum3Kes, (key: KesSigningKey) => key.release(), 'ERR_EVOLOCK_RELEASED'],
    ['releases', sum0Kes, (key: KesSigningKey) => key.release(), 'ERR_EVOLOCK_RELEASED'],
  ])('of a key that its callback %s in the last block is refused', (_, algorithm, change, code) => {
    using key = keyAt(algorithm, seedOf(1), 0);
    const sizes: number[] = [];
    let left = algorithm.signingKeySize;
    const push = ({ byteLength }: Uint8Array) => {
      sizes.push(byteLength);
      left -= byteLength;
      if (left === 0) change(key);
    };
    expect(codeOf(() => rustSigningKey(key).directSerialise(push))).toBe(code);
    // The period does not follow.
    expect(sizes).not.toContain(4);
  });
});
