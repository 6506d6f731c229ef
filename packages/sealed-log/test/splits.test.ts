// A verdict does not depend on how the files arrive.
import { sealedLogVectors, type SealedLogInput } from '@evolock/test-vectors';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifySealedLog, type ByteSource } from '../src/verify/index.js';
import { cut, filesOf, madeLogs, native } from './support/made-log.js';

const { cases } = sealedLogVectors();

/** Verifies with each file split by a function. */
function verifySplit(input: SealedLogInput, split: (bytes: Uint8Array) => ByteSource) {
  const { files, seals, hashes, ...rest } = input;
  return verifySealedLog({
    ...rest,
    files: files.map(split),
    seals: split(seals),
    hashes: hashes && split(hashes),
    cryptography: native,
  });
}

/** Gives each piece in memory that the next piece overwrites. */
async function* inOneBuffer(pieces: Iterable<Uint8Array>) {
  const room = new Uint8Array(65_536);
  for (const piece of pieces) {
    room.fill(0xee);
    room.set(piece);
    yield room.subarray(0, piece.length);
  }
}

test('the verdict on each case is the same when every byte arrives alone', async () => {
  for (const { input } of cases) {
    const whole = await verifySplit(input, (bytes) => bytes);
    expect(await verifySplit(input, (bytes) => inOneBuffer(cut(bytes, [1])))).toEqual(whole);
  }
});

test('the verdict on each case is the same at any split', async () => {
  const sizes = fc.array(fc.nat(90), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...cases), sizes, fc.boolean(), async (one, at, isSync) => {
      const split = (bytes: Uint8Array) => (isSync ? cut(bytes, at) : inOneBuffer(cut(bytes, at)));
      const whole = await verifySplit(one.input, (bytes) => bytes);
      expect(await verifySplit(one.input, split)).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

test('with a part of a file at each of its first and last bytes', async () => {
  const { input } = cases.find(({ name }) => name.startsWith('three rotated files'))!;
  const whole = await verifySplit(input, (bytes) => bytes);
  for (let at = 0; at <= 120; at += 1)
    for (const place of [at, -at]) {
      const split = (bytes: Uint8Array) => [bytes.subarray(0, place), bytes.subarray(place)];
      expect(await verifySplit(input, split)).toEqual(whole);
    }
});

test('JavaScript and native code give the same verdicts', async () => {
  await fc.assert(
    fc.asyncProperty(madeLogs, async (log) => {
      const { cryptography, ...files } = filesOf(log);
      expect(await verifySealedLog(files)).toEqual(
        await verifySealedLog({ ...files, cryptography }),
      );
    }),
    { numRuns: 10 },
  );
});
