import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { copyCall, copySecret, hashCall, sodium, uninterrupted } from '../../src/unsound.js';

test('the hash of secrets is a native function, with no JavaScript of sodium-native around it', () => {
  expect(Function.prototype.toString.call(sodium.nativeGenericHash)).toMatch(/\[native code\]/);
});

const blake2b512 = (input: Uint8Array) =>
  new Uint8Array(createHash('blake2b512').update(input).digest());

test('calls are made from the last to the first, each time that the list is run', () => {
  const input = new Uint8Array(128);
  const digest = input.subarray(0, 64);
  const calls = [hashCall(digest, input), copyCall(input, Uint8Array.of(7, 8, 9), 125)];
  const expected = new Uint8Array(128);
  expected.set([7, 8, 9], 125);
  for (let run = 1; run <= 2; run += 1) {
    uninterrupted(calls);
    expected.set(blake2b512(expected));
    expect(input).toEqual(expected);
  }
});

test('a call with another result than 0 or undefined is an error, and no later call is made', () => {
  const target = new Uint8Array(1);
  expect(() => uninterrupted([copyCall(target, Uint8Array.of(1)), () => -1])).toThrow(
    'libsodium returned an error status',
  );
  expect(target[0]).toBe(0);
});

test.each([1, 32, 4_096, 4_097, 100_000])('a copy of %i bytes equals its source', (size) => {
  const source = Uint8Array.from({ length: size }, (_, index) => index % 251);
  const target = new Uint8Array(size + 2);
  copySecret(target, source, 1);
  expect(target.subarray(1, size + 1)).toEqual(source);
  expect([target[0], target[size + 1]]).toEqual([0, 0]);
});
