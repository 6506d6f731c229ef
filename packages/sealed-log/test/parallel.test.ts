// On any number of cores the verdict is that of the library, with all facts and the state to go on from.
import { sealedLogVectors, type SealedLogInput } from '@evolock/test-vectors';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { native } from '../src/native.js';
import { Cores } from '../src/parallel/cores.js';
import {
  proveEntry,
  verifyEntryProof,
  verifySealedLog,
  type SealedLogOptions,
} from '../src/verify/index.js';
import { damagedLogs } from './support/damaged-log.js';
import { cut, fileOf, heldProofs, judgedCases, makeLog, sealsOf } from './support/made-log.js';

const thread = new URL('../dist/verify-thread.js', import.meta.url);

/** Lines of messages are few, so that the logs of tests need many messages. */
const cores: Cores[] = [];
beforeAll(async () => {
  for (const [count, bytes] of [
    [0, 200],
    [2, 3000],
    [2, undefined],
  ] as const)
    cores.push(await Cores.start(count, thread, bytes));
});
afterAll(() => Promise.all(cores.map((each) => each[Symbol.asyncDispose]())));

/** A log for cores, with files that are cut. */
function forCores(
  one: Cores,
  {
    seals,
    ...log
  }: SealedLogInput | (typeof damagedLogs extends fc.Arbitrary<infer T> ? T : never),
  sizes: readonly number[],
) {
  return {
    ...log,
    files: log.files.map((file) => cut(file, sizes)),
    seals: cut(seals, sizes),
    hashes: log.hashes && cut(log.hashes, sizes),
    cryptography: one.cryptography,
  } satisfies SealedLogOptions;
}

describe.each([
  [0, 'no thread, messages of 200 bytes'],
  [1, 'two threads, messages of 3,000 bytes'],
  [2, 'two threads'],
])('%i: %s', (index) => {
  const { logs } = sealedLogVectors();

  test('each case of the vectors', async () => {
    for (const { input } of judgedCases) {
      const verdict = await verifySealedLog({ ...input, cryptography: native });
      expect(await verifySealedLog(forCores(cores[index]!, input, [100]))).toEqual(verdict);
    }
  });

  test('each proof of the vectors is made again', async () => {
    for (const { of, verifierKey, entry, proof } of heldProofs) {
      const { entries, seals, hashes } = logs.find((one) => one.verifierKey === verifierKey)!;
      const { index: number, seal } = verifyEntryProof({ verifierKey, entry, proof });
      const log = { verifierKey, files: [entries], seals, hashes };
      const given = forCores(cores[index]!, log, [100]);
      expect(await proveEntry({ ...given, entry: number!, seal }), of).toMatchObject({ proof });
    }
  });
});

const pieces = fc.array(fc.nat(500), { minLength: 1, maxLength: 5 });

test('any log, whole and damaged, at any split', async () => {
  await fc.assert(
    fc.asyncProperty(damagedLogs, pieces, async (log, sizes) => {
      const verdict = await verifySealedLog({ ...log, cryptography: native });
      expect(await verifySealedLog(log)).toEqual(verdict);
      for (const one of cores)
        expect(await verifySealedLog(forCores(one, log, sizes))).toEqual(verdict);
    }),
    { numRuns: 60 },
  );
});

/** 500 entries, with seals of four keys. */
function logOf500() {
  const entries = Array.from({ length: 500 }, (_, index) => Buffer.from(`entry ${String(index)}`));
  const time = 1_795_000_000;
  const cuts = [70, 200, 333, 500].map((size, at) => ({ size, time: time + at, flags: 0 }));
  const plan = { origin: 'example.com/on', first: 0, depths: [0], seeds: [] };
  return makeLog({ ...plan, cuts, entries });
}

test('the proof of any entry is that of the library', async () => {
  const { verifierKey, sealed, entries } = logOf500();
  const seals = sealsOf(sealed.map((each) => each.line));
  const log = { verifierKey, files: [fileOf(entries)], seals };
  for (const one of cores)
    for (let entry = 0; entry < 500; entry += 33)
      expect(await proveEntry({ ...forCores(one, log, [99]), entry, seal: 3 })).toEqual(
        await proveEntry({ ...log, entry, seal: 3, cryptography: native }),
      );
});

test('a log goes on from a state', async () => {
  const { verifierKey, sealed, entries, hashes: leaves } = logOf500();
  const [file, hashes] = [fileOf(entries), Buffer.concat(leaves)];
  for (const one of cores)
    for (let count = 1; count < 4; count += 1) {
      const [before, after] = [sealed.slice(0, count), sealed.slice(count)].map((lines) =>
        sealsOf(lines.map((each) => each.line)),
      );
      const input = { verifierKey, files: [file], seals: before!, hashes };
      const { state } = await verifySealedLog(forCores(one, input, [99]));
      const seals = Buffer.concat([before!, after!]);
      const whole = await verifySealedLog({ ...input, seals, cryptography: native });
      const rest = {
        ...input,
        seals: seals.subarray(state!.sealBytes),
        hashes: hashes.subarray(state!.size * 32),
      };
      const given = { ...forCores(one, rest, [99]), from: state };
      expect(await verifySealedLog(given)).toEqual({ ...whole, verifiedFrom: state!.size });
    }
});

test('thousands of empty lines are several messages', async () => {
  const entries = Array.from({ length: 40_000 }, () => Buffer.alloc(0));
  const cuts = [30_001, 40_000].map((size) => ({ size, time: 1_795_000_000, flags: 0 }));
  const plan = { origin: 'example.com/empty', first: 0, depths: [1], seeds: [], cuts };
  const { verifierKey, sealed } = makeLog({ ...plan, entries });
  const seals = sealsOf(sealed.map((each) => each.line));
  const log = { verifierKey, files: [fileOf(entries)], seals };
  const verdict = await verifySealedLog({ ...log, cryptography: native });
  expect(verdict).toMatchObject({ failure: undefined, sealedEntries: 40_000 });
  for (const one of cores)
    expect(await verifySealedLog(forCores(one, log, [70_000]))).toEqual(verdict);
});

test('a long line without a newline at the end of an earlier file', async () => {
  const entries = ['short', 'long'.repeat(200), 'after'].map((text) => Buffer.from(text));
  const cuts = [2, 3].map((size) => ({ size, time: 1_795_000_000, flags: 0 }));
  const plan = { origin: 'example.com/long', first: 0, depths: [1], seeds: [], cuts };
  const { verifierKey, sealed } = makeLog({ ...plan, entries });
  const files = [fileOf(entries.slice(0, 2)).subarray(0, -1), fileOf(entries.slice(2))];
  const log = { verifierKey, files, seals: sealsOf(sealed.map(({ line: text }) => text)) };
  const verdict = await verifySealedLog({ ...log, cryptography: native });
  expect(verdict).toMatchObject({
    failure: undefined,
    state: { place: { file: 1, bytes: 5 + 1 } },
  });
  for (const one of cores) expect(await verifySealedLog(forCores(one, log, [70]))).toEqual(verdict);
});
