import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { keyMaker, type KeyMaker, type NewKey } from '../../../src/keys/key-file.js';
import {
  append,
  expectSealed,
  newPlace,
  opened,
  Opened,
  ORIGIN,
  sealedLog,
} from '../../support/engines.js';

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
