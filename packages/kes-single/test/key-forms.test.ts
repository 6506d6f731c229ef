import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  blake2b256,
  pooledAllocator,
  rustSigningKey,
  rustSigningKeyType,
  versionedSigningKey,
  versionedSigningKeyType,
  type KesAlgorithm,
  type KesReadOptions,
} from '../src/index.js';
import { algorithms } from './algorithms.js';

const forms = [
  { name: 'versioned', of: versionedSigningKey, type: versionedSigningKeyType, periodAt: 16 },
  { name: 'Rust', of: rustSigningKey, type: rustSigningKeyType, periodAt: -4 },
] as const;
type Form = (typeof forms)[number];

function formOf(form: Form, algorithm: KesAlgorithm): Uint8Array {
  const bytes = new Uint8Array(form.type(algorithm).size);
  using key = keyOf(algorithm, seedOf(1));
  directSerialiseBufChecked(bytes, form.of(key));
  return bytes;
}

/** What reading says: a code and what else is told of the error, after a check that nothing is left. */
function refusalOf(
  form: Form,
  algorithm: KesAlgorithm,
  bytes: Uint8Array,
  options?: KesReadOptions,
) {
  const allocator = new RecordingAllocator(pooledAllocator);
  try {
    directDeserialiseBufChecked(bytes, form.type(algorithm), { ...options, allocator }).release();
    return undefined;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  } finally {
    expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
  }
}

describe.each(algorithms)('$name', (algorithm) => {
  const { signingKeySize } = algorithm;

  test('the versioned form is letters, version, zeros, tag, period, key', () => {
    const tag = blake2b256(new TextEncoder().encode(algorithm.name)).subarray(0, 8);
    using key = keyOf(algorithm, seedOf(1));
    const letters = [...new TextEncoder().encode('evok')];
    const header = [...letters, 1, 0, 0, 0, ...tag, 0, 0, 0, 0];
    expect([...formOf(forms[0], algorithm)]).toEqual([...header, ...serialised(key)]);
    expect(versionedSigningKeyType(algorithm).size).toBe(20 + signingKeySize);
  });

  test('the Rust form is the key, then the period', () => {
    using key = keyOf(algorithm, seedOf(1));
    expect([...formOf(forms[1], algorithm)]).toEqual([...serialised(key), 0, 0, 0, 0]);
    expect(rustSigningKeyType(algorithm).size).toBe(signingKeySize + 4);
  });

  test.each([
    [0, 'magic', 'the four letters evok'],
    [3, 'magic', 'the four letters evok'],
    [4, 'version', '1'],
    [5, 'reserved', 'three zeros'],
    [7, 'reserved', 'three zeros'],
    [8, 'algorithm', algorithm.name],
    [15, 'algorithm', algorithm.name],
  ])('a wrong byte %i of the header is refused: %s', (offset, problem, expected) => {
    const bytes = formOf(forms[0], algorithm);
    bytes[offset]! ^= 1;
    const refusal = refusalOf(forms[0], algorithm, bytes);
    expect(refusal).toMatchObject({ code: 'ERR_EVOLOCK_KES_FORM', problem });
    expect(refusal?.message).toContain(`${problem}, expected ${expected}`);
  });

  test.each(forms)(
    'the $name form states a period, and no other than the own is accepted',
    (form) => {
      const bytes = formOf(form, algorithm);
      using key = directDeserialiseBufChecked(bytes, form.type(algorithm), { period: 0 });
      expect(key.period).toBe(0);
      const at = (bytes.length + form.periodAt) % bytes.length;
      for (const stated of [1, 2 ** 31, 2 ** 32 - 1]) {
        new DataView(bytes.buffer).setUint32(at, stated);
        const refusal = refusalOf(form, algorithm, bytes);
        expect(refusal).toMatchObject({
          code: 'ERR_EVOLOCK_KES_PERIOD',
          argument: 'the stated period',
          period: stated,
        });
        expect(refusal!['level']).toBe(undefined);
        expect(refusal?.message).toContain(`received ${stated}`);
      }
    },
  );

  test.each(forms)(
    'the $name form is refused at a period that was asked for and is not its own',
    (form) => {
      const refusal = refusalOf(form, algorithm, formOf(form, algorithm), { period: 1 });
      expect(refusal).toMatchObject({
        code: 'ERR_EVOLOCK_KES_PERIOD',
        argument: 'options.period',
        period: 1,
      });
    },
  );

  test.each(forms)('the $name form is refused when it is cut off anywhere', (form) => {
    const bytes = formOf(form, algorithm);
    for (let length = 0; length < bytes.length; length += 1) {
      const refusal = refusalOf(form, algorithm, bytes.subarray(0, length));
      expect(refusal).toMatchObject({ code: 'ERR_EVOLOCK_SIZE_CHECK' });
    }
  });

  test.each(forms)('the $name form reads from a buffer that is a part of a larger one', (form) => {
    const bytes = formOf(form, algorithm);
    const larger = new Uint8Array(bytes.length + 7).fill(0xff);
    larger.set(bytes, 5);
    const part = larger.subarray(5, 5 + bytes.length);
    using key = directDeserialiseBufChecked(part, form.type(algorithm));
    using same = keyOf(algorithm, seedOf(1));
    expect(serialised(key)).toEqual(serialised(same));
  });
});

const [algorithm] = algorithms;

test.each(forms)(
  'the $name form is refused of what is no key, no algorithm, no callback',
  (form) => {
    const TYPE = 'ERR_EVOLOCK_ARGUMENT_TYPE';
    using key = keyOf(algorithm!, seedOf(1));
    expect(codeOf(() => form.of(wrongly({})))).toBe(TYPE);
    expect(codeOf(() => form.type(wrongly({})))).toBe(TYPE);
    expect(codeOf(() => form.of(key).directSerialise(wrongly(1)))).toBe(TYPE);
    expect(codeOf(() => form.type(algorithm!).directDeserialise(wrongly(1)))).toBe(TYPE);
    const bytes = formOf(form, algorithm!);
    const read = () => directDeserialiseBufChecked(bytes, form.type(algorithm!), wrongly(1));
    expect(codeOf(read)).toBe(TYPE);
    expect(Object.isFrozen(form.type(algorithm!))).toBe(true);
  },
);

test.each(forms)('the $name form of a key that is released meanwhile is refused', (form) => {
  const key = keyOf(algorithm!, seedOf(1));
  const value = form.of(key);
  const release = () => {
    key.release();
  };
  expect(codeOf(() => value.directSerialise(release))).toBe('ERR_EVOLOCK_RELEASED');
  expect(codeOf(() => form.of(key))).toBe('ERR_EVOLOCK_RELEASED');
});
