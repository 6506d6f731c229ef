// A verdict does not depend on how the files arrive.
import { once } from 'node:events';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SealedLogInput } from '@evolock/test-vectors';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { native } from '../src/native.js';
import { proveEntry, verifySealedLog, type ByteSource } from '../src/verify/index.js';
import { newPlace } from './support/engines.js';
import { cut, filesOf, judgedCases, madeLogs } from './support/made-log.js';

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
  for (const { input } of judgedCases) {
    const whole = await verifySplit(input, (bytes) => bytes);
    expect(await verifySplit(input, (bytes) => inOneBuffer(cut(bytes, [1])))).toEqual(whole);
  }
});

test('the verdict on each case is the same at any split', async () => {
  const sizes = fc.array(fc.nat(90), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...judgedCases),
      sizes,
      fc.boolean(),
      async (one, at, isSync) => {
        const split = (bytes: Uint8Array) =>
          isSync ? cut(bytes, at) : inOneBuffer(cut(bytes, at));
        const whole = await verifySplit(one.input, (bytes) => bytes);
        expect(await verifySplit(one.input, split)).toEqual(whole);
      },
    ),
    { numRuns: 300 },
  );
});

test('with a part of a file at each of its first and last bytes', async () => {
  const { input } = judgedCases.find(({ name }) => name.startsWith('three rotated files'))!;
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

test('streams that were open before they are read are closed, also when they are not read', async () => {
  const { input } = judgedCases.find(({ name }) => name.startsWith('three rotated files'))!;
  const { verifierKey, files, seals, hashes } = input;
  const { folder } = newPlace();
  const opened = async (bytes: Uint8Array, at: number) => {
    const path = join(folder, String(at));
    writeFileSync(path, bytes);
    const stream = createReadStream(path);
    await once(stream, 'open');
    return stream;
  };
  const wrongSeal = Buffer.from(seals).fill(0x78, 0, 9);
  for (const [key, lines] of [
    [verifierKey, seals],
    [verifierKey, wrongSeal],
    ['no key', seals],
  ] as const) {
    const streams = await Promise.all([lines, hashes ?? lines, ...files].map(opened));
    const [sealStream, hashStream, ...fileStreams] = streams;
    const log = { verifierKey: key, seals: sealStream!, hashes: hashStream, files: fileStreams };
    const closed = Promise.all(
      streams.map((stream) => {
        // Node.js tells a stream that is not read to its end of an abort.
        stream.on('error', () => undefined);
        return new Promise<void>((resolve) => stream.once('close', resolve));
      }),
    );
    await verifySealedLog({ ...log, cryptography: native });
    await closed;
    let cancelled = 0;
    const web = () => new ReadableStream<Uint8Array>({ cancel: () => void (cancelled += 1) });
    await proveEntry({ verifierKey: 'no key', seals: web(), files: [web(), web()], entry: 0 });
    expect(cancelled).toBe(3);
  }
});
