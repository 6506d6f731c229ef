import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { keyMaker, type KeyMaker, type NewKey } from '../../../src/keys/key-file.js';
import { refusalOf } from '../../../src/sealer/refusal.js';
import {
  append,
  expectSealed,
  failureOf,
  newPlace,
  opened,
  Opened,
  ORIGIN,
  sealedLog,
} from '../../support/engines.js';
import { ROTATED, RotatedLog, SETTLE } from '../../support/rotated-log.js';

/** Zeroes a part of a file, in place. */
function writeHole(path: string, from: number, size: number): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, new Uint8Array(size), 0, size, from);
  closeSync(fd);
}

describe('what a start puts right', () => {
  test('bytes after the last complete line are cut, with an event', async () => {
    const { place, verifierKey } = await sealedLog();
    const whole = readFileSync(place.seals);
    appendFileSync(place.seals, '6 1795');
    const sealer = await opened(place);
    expect(sealer.events).toEqual([{ event: 'truncated', file: place.seals, bytes: 6 }]);
    expect(readFileSync(place.seals)).toEqual(whole);
    await sealer.engine.seal();
    await expectSealed(place, verifierKey);
  });

  test('a line that the key file has and the seals file lacks is appended, whole or torn', async () => {
    const { place, verifierKey } = await sealedLog();
    const whole = readFileSync(place.seals);
    rmSync(place.checkpointFile);
    const before = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (const size of [before, before + 1, whole.length - 1]) {
      truncateSync(place.seals, size);
      const sealer = await opened(place);
      expect(sealer.errors).toEqual([]);
      expect(readFileSync(place.seals)).toEqual(whole);
      await sealer.engine.close(false);
      await expectSealed(place, verifierKey);
    }
  });

  test('an old copy of the key evolves past its seals, and an event names them', async () => {
    const place = newPlace();
    const first = await opened(place, { depth: 3 });
    for (let made = 0; made < 5; made += 1) {
      append(place);
      await first.engine.seal();
      if (made === 1) copyFileSync(place.keyFile, `${place.keyFile}.old`);
    }
    await first.engine.close(false);
    renameSync(`${place.keyFile}.old`, place.keyFile);
    const old = readFileSync(place.keyFile);
    const killed = new Opened(place);
    const found: Buffer[] = [];
    killed.listen = () => {
      found.push(readFileSync(place.keyFile));
      throw new Error('killed');
    };
    await expect(killed.open()).rejects.toThrow('killed');
    // A start that was killed when it told of it has changed nothing, so the next one tells it again.
    expect(found).toEqual([old]);
    const sealer = await opened(place);
    expect(sealer.events).toMatchObject([
      {
        event: 'error',
        error: { reason: 'unprotected', seals: { from: 2, to: 4 } },
      },
    ]);
    await sealer.engine.seal();
    await sealer.engine.close(false);
    expect(await expectSealed(place, first.engine.verifierKey)).toHaveLength(6);
  });

  const wrongHashes = [
    ['zeroed', (hashes: string) => writeFileSync(hashes, Buffer.alloc(statSync(hashes).size))],
    ['empty where it was written', (hashes: string) => writeHole(hashes, 0, 8 * 32)],
    ['other by one bit', (hashes: string) => writeHole(hashes, 5 * 32, 1)],
    ['an earlier copy', (hashes: string) => truncateSync(hashes, 3 * 32)],
  ] as const;

  test.each(wrongHashes)(
    'a file of hashes that is %s is told, and made again when all entries are there',
    async (_, change) => {
      const { place, verifierKey } = await sealedLog();
      const hashes = readFileSync(place.hashes);
      change(place.hashes);
      const sealer = await opened(place);
      expect(sealer.errors).toEqual(['remade-hashes']);
      expect(readFileSync(place.hashes)).toEqual(hashes);
      append(place);
      await sealer.engine.seal();
      await sealer.engine.close(false);
      await expectSealed(place, verifierKey);
      expect((await opened(place)).errors).toEqual([]);
    },
  );

  test.each([...wrongHashes, ['missing', (hashes: string) => rmSync(hashes)] as const])(
    'without the first entries, a file of hashes that is %s stays, and the start is refused until it is back',
    async (_, change) => {
      const log = new RotatedLog();
      log.append(7);
      await log.open();
      await log.pass();
      log.rename();
      log.append(2);
      await log.pass();
      await log.pass(SETTLE);
      await log.sealer!.engine.seal();
      await log.stop();
      rmSync(log.old(1));
      const { place } = log;
      const begun = { origin: ORIGIN, keyFile: place.keyFile, rotated: ROTATED.rotated };
      copyFileSync(place.hashes, `${place.hashes}.kept`);
      change(place.hashes);
      const wrong = existsSync(place.hashes) && readFileSync(place.hashes);
      expect(refusalOf(place.log, begun, false)).toMatchObject({ reason: 'wrong-hashes' });
      expect(await failureOf(log.open())).toMatchObject({ reason: 'wrong-hashes' });
      expect(existsSync(place.hashes) && readFileSync(place.hashes)).toEqual(wrong);
      copyFileSync(`${place.hashes}.kept`, place.hashes);
      expect(refusalOf(place.log, begun, false)).toBe(undefined);
      expect((await log.open()).errors).toEqual([]);
    },
  );

  test('hashes that another program changed while a sealer ran are told at the next start', async () => {
    const { place } = await sealedLog();
    const sealer = await opened(place);
    append(place);
    writeHole(place.hashes, 32, 32);
    await sealer.engine.close(false);
    expect((await opened(place)).errors).toEqual(['remade-hashes']);
  });

  test('a checkpoint that is none of this log is told, and does not prevent a start', async () => {
    const { place } = await sealedLog();
    writeFileSync(place.checkpointFile, 'nonsense\n');
    const sealer = await opened(place);
    expect(sealer.errors).toEqual(['unknown-checkpoint']);
  });
});

test('a sealer that cannot open wipes its key and gives its locks back', async () => {
  const place = newPlace();
  const made: NewKey[] = [];
  const newKey: KeyMaker = (first) => {
    const key = keyMaker(ORIGIN, 1)(first);
    made.push(key);
    return key;
  };
  mkdirSync(place.hashes);
  await expect(new Opened(place).open({ newKey })).rejects.toMatchObject({
    reason: 'not-regular',
  });
  expect(made.map(({ signingKey }) => signingKey.released)).toEqual([true]);
  rmdirSync(place.hashes);
  await opened(place);
});
