import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  pooledAllocator,
  rustSigningKey,
  rustSigningKeyType,
  type KesAlgorithm,
  type KesReadOptions,
} from '../src/index.js';
import { algorithms } from './algorithms.js';

function formOf(algorithm: KesAlgorithm): Uint8Array {
  const bytes = new Uint8Array(rustSigningKeyType(algorithm).size);
  using key = keyOf(algorithm, seedOf(1));
  directSerialiseBufChecked(bytes, rustSigningKey(key));
  return bytes;
}

/** The error of a read; checks that everything was wiped. */
function refusalOf(algorithm: KesAlgorithm, bytes: Uint8Array, options?: KesReadOptions) {
  const allocator = new RecordingAllocator(pooledAllocator);
  const type = rustSigningKeyType(algorithm);
  try {
    directDeserialiseBufChecked(bytes, type, { ...options, allocator }).release();
    return undefined;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  } finally {
    expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
  }
}

describe.each(algorithms)('the Rust form of a $name key', (algorithm) => {
  const type = rustSigningKeyType(algorithm);

  test('is the key, then the period', () => {
    using key = keyOf(algorithm, seedOf(1));
    expect([...formOf(algorithm)]).toEqual([...serialised(key), 0, 0, 0, 0]);
    expect(type.size).toBe(algorithm.signingKeySize + 4);
    expect(Object.isFrozen(type)).toBe(true);
  });

  test('is refused when it states another period', () => {
    const bytes = formOf(algorithm);
    directDeserialiseBufChecked(bytes, type, { period: 0 }).release();
    for (const stated of [1, 2 ** 31, 2 ** 32 - 1]) {
      new DataView(bytes.buffer).setUint32(bytes.length - 4, stated);
      const refusal = refusalOf(algorithm, bytes);
      expect(refusal).toMatchObject({
        code: 'ERR_EVOLOCK_KES_PERIOD',
        argument: 'the period after the key',
        period: stated,
      });
      expect(refusal!['level']).toBe(undefined);
      expect(refusal?.message).toContain(`received ${stated}`);
    }
  });

  test('is refused when options.period is another period', () => {
    expect(refusalOf(algorithm, formOf(algorithm), { period: 1 })).toMatchObject({
      code: 'ERR_EVOLOCK_KES_PERIOD',
      argument: 'options.period',
      period: 1,
    });
  });

  test('is refused when it is too short', () => {
    const bytes = formOf(algorithm);
    for (let length = 0; length < bytes.length; length += 1) {
      const refusal = refusalOf(algorithm, bytes.subarray(0, length));
      expect(refusal).toMatchObject({ code: 'ERR_EVOLOCK_SIZE_CHECK' });
    }
  });

  test('is read from a part of a larger buffer', () => {
    const bytes = formOf(algorithm);
    const larger = new Uint8Array(bytes.length + 7).fill(0xff);
    larger.set(bytes, 5);
    using key = directDeserialiseBufChecked(larger.subarray(5, 5 + bytes.length), type);
    using same = keyOf(algorithm, seedOf(1));
    expect(serialised(key)).toEqual(serialised(same));
  });

  test('needs a key, an algorithm, a callback and options of the right types', () => {
    const TYPE = 'ERR_EVOLOCK_ARGUMENT_TYPE';
    using key = keyOf(algorithm, seedOf(1));
    expect(codeOf(() => rustSigningKey(wrongly({})))).toBe(TYPE);
    expect(codeOf(() => rustSigningKeyType(wrongly({})))).toBe(TYPE);
    expect(codeOf(() => rustSigningKey(key).directSerialise(wrongly(1)))).toBe(TYPE);
    expect(codeOf(() => type.directDeserialise(wrongly(1)))).toBe(TYPE);
    const read = () => directDeserialiseBufChecked(formOf(algorithm), type, wrongly(1));
    expect(codeOf(read)).toBe(TYPE);
  });

  test('of a key that its callback releases is refused', () => {
    const key = keyOf(algorithm, seedOf(1));
    const form = rustSigningKey(key);
    const release = () => {
      key.release();
    };
    expect(codeOf(() => form.directSerialise(release))).toBe('ERR_EVOLOCK_RELEASED');
    expect(codeOf(() => rustSigningKey(key))).toBe('ERR_EVOLOCK_RELEASED');
  });
});
