/** Compressed files of a log: a start reads them, and what is not read here is unpacked by the command that is told. */
import { execFileSync } from 'node:child_process';
import {
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import * as zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { unpackedPieces, unpackingCommands } from '../../src/files/packed-file.js';
import { refusalOf } from '../../src/sealer/refusal.js';
import { ORIGIN } from '../support/engines.js';
import { ROTATED, RotatedLog, SETTLE } from '../support/rotated-log.js';

/** A log that was rotated four times while its sealer was stopped, with entries in each file. */
async function stopped(sealed = 3): Promise<RotatedLog> {
  const log = new RotatedLog({ ...ROTATED, time: 1_789_999_000 });
  log.append(sealed);
  await log.open();
  await log.pass();
  await log.stop();
  for (let rotations = 0; rotations < 4; rotations += 1) {
    log.append(2);
    log.rename();
  }
  log.append(1);
  return log;
}

/** Compresses files beside themselves, with the program, which keeps the time. */
function compress(program: string, files: readonly string[]): void {
  execFileSync(program, ['-q', ...(program === 'zstd' ? ['--rm'] : []), ...files]);
}

const contentsOf = (log: RotatedLog) => [4, 3, 2, 1].map((index) => readFileSync(log.old(index)));

/** Starts the sealer, which goes on to the last entry, and verifies. */
async function expectSealed(log: RotatedLog, old: readonly Buffer[], size = 12): Promise<void> {
  for (let starts = 0; starts < 2; starts += 1) {
    const sealer = await log.open();
    for (let made = 0; made < 7; made += 1) await log.pass(SETTLE);
    expect(await sealer.engine.seal()).toMatchObject({ size });
    expect(sealer.errors).toEqual([]);
    if (starts === 0) await log.stop();
  }
  await log.expectWhole([...old, readFileSync(log.place.log)]);
}

test.for(['gzip', 'zstd'])(
  'files that %s made during a stop are read',
  async (program, context) => {
    if (program === 'zstd' && !('createZstdDecompress' in zlib))
      context.skip('this version of Node.js has no Zstandard');
    const log = await stopped();
    const old = contentsOf(log);
    compress(
      program,
      [2, 3, 4].map((index) => log.old(index)),
    );
    await expectSealed(log, old);
  },
);

test('so are files whose times are those of compressing them', async () => {
  const log = await stopped();
  const old = contentsOf(log);
  compress(
    'gzip',
    [1, 2, 3, 4].map((index) => log.old(index)),
  );
  for (const index of [1, 2, 3, 4])
    utimesSync(`${log.old(index)}.gz`, 1_800_000_000 + index, 1_800_000_000 + index);
  await expectSealed(log, old);
});

test.each([
  ['that waited when the sealer ended', 1],
  ['that was empty then', 0],
])(
  'a younger file with the number of a compressed one is not taken for one %s',
  async (_, waiting) => {
    const log = new RotatedLog({ ...ROTATED, time: 1_789_999_000 });
    log.append(3);
    await log.open();
    log.rename();
    if (waiting > 0) log.append(waiting);
    else for (let passes = 0; passes < 2; passes += 1) await log.pass(SETTLE);
    await log.sealer?.engine.seal();
    await log.stop().catch(() => undefined);
    log.append(1);
    for (let rotations = 0; rotations < 3; rotations += 1) {
      log.rename();
      log.append(2);
    }
    const old = contentsOf(log);
    // The live file gets the number of the one that the sealer knew, as a file system does when that is removed.
    const [known, live] = [log.old(3), readFileSync(log.place.log)];
    execFileSync('gzip', ['-qk', known]);
    writeFileSync(known, live);
    renameSync(known, log.place.log);
    compress('gzip', [log.old(2)]);
    await expectSealed(log, old, 10 + waiting);
  },
);

test('files that are shorter than what was read of the first are not it', async () => {
  const log = await stopped(300);
  const old = contentsOf(log);
  compress(
    'gzip',
    [1, 2, 3, 4].map((index) => log.old(index)),
  );
  await expectSealed(log, old, 309);
});

test.each(['hint', 'hashes'] as const)('and without the %s', async (lost) => {
  const log = await stopped();
  const old = contentsOf(log);
  compress(
    'gzip',
    [2, 3, 4].map((index) => log.old(index)),
  );
  rmSync(lost === 'hint' ? `${log.place.keyFile}.hint` : log.place.hashes);
  await expectSealed(log, old);
});

test.each([
  ['xz', ['unxz -k']],
  ['bzip2', ['bunzip2 -k']],
])('files that %s made are named at once, with the command that unpacks them', async (program) => {
  const log = await stopped();
  const old = contentsOf(log);
  const files = [2, 3, 4].map((index) => log.old(index));
  compress(program, files);
  const error = await log.open().catch((cause: unknown) => cause as { detail: string });
  expect(error).toMatchObject({ reason: 'packed-files' });
  const { detail } = error as { detail: string };
  for (const file of files) expect(detail).toContain(`${file}.`);
  execFileSync('sh', ['-c', detail], { cwd: dirname(log.place.log) });
  await expectSealed(log, old);
});

test('damaged files are named at once, with those of other forms, until good copies are back', async () => {
  const log = await stopped();
  const old = contentsOf(log);
  compress('gzip', [log.old(3), log.old(2)]);
  compress('xz', [log.old(1)]);
  const damaged = [`${log.old(3)}.gz`, `${log.old(2)}.gz`];
  const good = damaged.map((file) => readFileSync(file));
  for (const file of damaged) truncateSync(file, statSync(file).size - 9);
  const words = [`unxz -k ${log.old(1)}.xz`, `damaged: ${damaged.join(' ')}`].join('; ');
  await expect(log.open()).rejects.toMatchObject({ reason: 'packed-files', detail: words });
  const begun = { origin: ORIGIN, keyFile: log.place.keyFile, rotated: ROTATED.rotated };
  expect(refusalOf(log.place.log, begun, false)).toMatchObject({ detail: words });
  // Without a hint they are read from the first on.
  rmSync(`${log.place.keyFile}.hint`);
  compress('gzip', [log.old(4)]);
  truncateSync(`${log.old(4)}.gz`, 20);
  await expect(log.open()).rejects.toMatchObject({ detail: expect.stringContaining('.4.gz ') });
  rmSync(`${log.old(4)}.gz`);
  writeFileSync(log.old(4), old[0]!);
  execFileSync('unxz', ['-k', `${log.old(1)}.xz`]);
  damaged.forEach((file, index) => writeFileSync(file, good[index]!));
  await expectSealed(log, old);
});

test('a verifier stops at a size, and at damage', async () => {
  const packed = zlib.gzipSync(Buffer.alloc(1 << 20));
  const read = async (bytes: Uint8Array, most: number): Promise<number> => {
    let size = 0;
    const pieces = (async function* () {
      yield await Promise.resolve(bytes);
    })();
    for await (const piece of unpackedPieces({ path: 'a.gz', form: 'gz' }, pieces, most))
      size += piece.length;
    return size;
  };
  expect(await read(packed, 1 << 20)).toBe(1 << 20);
  await expect(read(packed, (1 << 20) - 1)).rejects.toMatchObject({ packed: 'a.gz' });
  await expect(read(packed.subarray(0, -9), 1 << 20)).rejects.toMatchObject({ packed: 'a.gz' });
});

test('a name is one word of the command', () => {
  expect(unpackingCommands(["it's.xz", 'b.xz', 'c.bz2'])).toBe(
    String.raw`unxz -k 'it'\''s.xz' b.xz && bunzip2 -k c.bz2`,
  );
});
