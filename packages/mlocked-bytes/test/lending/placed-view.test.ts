import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { sodium } from '../../src/kernel/native.js';
import { MLockedBytes } from '../../src/index.js';
import { placedView, unsoundMemory } from '../../src/unsound.js';

const places = ['buffer', 'byteOffset', 'byteLength'] as const;

describe('a placed view', () => {
  test('is the same view, with buffer, offset and length as own properties', () => {
    const memory = new Uint8Array(128).map((_, index) => index);
    const plain = memory.subarray(32, 65);
    const view = memory.subarray(32, 65);
    expect(placedView(view)).toBe(view);
    for (const place of places) {
      expect(Object.hasOwn(view, place)).toBe(true);
      expect(view[place]).toBe(plain[place]);
    }
    expect([...view]).toEqual([...plain]);
    expect(Object.keys(view)).toEqual(Object.keys(plain));
    view.subarray(1).fill(7);
    expect(plain[1]).toBe(7);
  });

  test('cannot get other properties', () => {
    const view = placedView(new Uint8Array(128).subarray(32));
    for (const place of places) {
      expect(Reflect.set(view, place, 0)).toBe(false);
      expect(Reflect.defineProperty(view, place, { value: 0 })).toBe(false);
    }
  });

  test('is hashed by its content, also in locked memory', () => {
    using bytes = MLockedBytes.fromBytes(Uint8Array.from({ length: 100 }, (_, index) => index));
    const input = placedView(unsoundMemory(bytes).subarray(10, 43));
    const output = placedView(new Uint8Array(128).subarray(64, 128));
    sodium.crypto_generichash(output, input);
    expect(Buffer.from(output)).toEqual(createHash('blake2b512').update(input).digest());
  });
});
