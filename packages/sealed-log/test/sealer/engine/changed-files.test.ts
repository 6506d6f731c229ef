import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  append,
  expectSealed,
  failureOf,
  linesOf,
  newPlace,
  opened,
  Opened,
  sealedLog,
  type Place,
} from '../../support/engines.js';

describe('while it runs', () => {
  test('a line that is half written is cut and written again', async () => {
    const place = newPlace();
    const sealer = await opened(place, { depth: 3 });
    await sealer.engine.seal();
    appendFileSync(place.seals, '1 17');
    await sealer.engine.seal();
    await sealer.engine.close(false);
    await expectSealed(place, sealer.engine.verifierKey);
  });

  test.each([
    ['shorter', (seals: Buffer) => seals.subarray(0, -1)],
    ['changed', (seals: Buffer) => Buffer.concat([Buffer.from('9'), seals.subarray(1)])],
    ['longer', (seals: Buffer) => Buffer.concat([seals, Buffer.from('2 other')])],
  ])('to a seals file that is %s nothing is appended, until it is put back', async (_, change) => {
    const place = newPlace();
    const sealer = await opened(place, { depth: 3 });
    await sealer.engine.seal();
    const whole = readFileSync(place.seals);
    writeFileSync(place.seals, change(whole));
    append(place);
    await expect(sealer.engine.seal()).rejects.toMatchObject({
      reason: 'changed-file',
    });
    await sealer.engine.tick();
    expect(sealer.errors).toEqual(['changed-file']);
    sealer.elapsed = 600_000;
    await sealer.engine.tick();
    expect(sealer.errors).toEqual(['changed-file', 'changed-file']);
    expect(readFileSync(place.seals)).toEqual(change(whole));
    writeFileSync(place.seals, whole);
    await sealer.engine.tick();
    expect(sealer.sealed).toEqual([0, 1]);
    await sealer.engine.close(false);
    await expectSealed(place, sealer.engine.verifierKey);
  });

  const own = [
    ['the seals', ({ seals }: Place) => seals],
    ['the hashes', ({ hashes }: Place) => hashes],
  ] as const;

  test.each(own)(
    'nothing is signed while %s are gone or another file, and it goes on when they are put back',
    async (_, fileOf) => {
      const place = newPlace();
      const sealer = await opened(place, { depth: 3 });
      await sealer.engine.seal();
      const file = fileOf(place);
      const key = readFileSync(place.keyFile);
      append(place);
      renameSync(file, `${file}.kept`);
      await expect(sealer.engine.seal()).rejects.toMatchObject({ reason: 'changed-file' });
      copyFileSync(`${file}.kept`, file);
      await expect(sealer.engine.seal()).rejects.toMatchObject({ reason: 'changed-file' });
      expect([sealer.sealed, readFileSync(place.keyFile)]).toEqual([[0], key]);
      // A copy is taken at the next start.
      await expect(sealer.engine.close(false)).rejects.toMatchObject({ reason: 'changed-file' });
      const again = await opened(place, { depth: 3 });
      renameSync(file, `${file}.moved`);
      await expect(again.engine.seal()).rejects.toMatchObject({ reason: 'changed-file' });
      renameSync(`${file}.moved`, file);
      await again.engine.seal();
      await again.engine.close(false);
      await expectSealed(place, again.engine.verifierKey);
    },
  );

  test.each([
    [1, 'emptied'],
    [1, 'removed'],
    [2, 'emptied'],
  ])(
    'of %i seals whose file is %s, a start has the only one from the key file, of a file that is there',
    async (count, change) => {
      const place = newPlace();
      const options = { depth: 3, checkpointFile: undefined };
      const sealer = await opened(place, options);
      for (let made = 0; made < count; made += 1) {
        append(place);
        await sealer.engine.seal();
      }
      if (change === 'removed') rmSync(place.seals);
      else writeFileSync(place.seals, '');
      append(place);
      await expect(sealer.engine.close(false)).rejects.toMatchObject({ reason: 'changed-file' });
      if (count > 1 || change === 'removed') {
        const refused = await failureOf(new Opened(place).open(options));
        expect(refused).toMatchObject({ reason: 'no-seals', seals: { from: 0, to: count - 1 } });
        return;
      }
      const again = await opened(place, options);
      await again.engine.seal();
      await again.engine.close(false);
      await expectSealed(place, sealer.engine.verifierKey);
    },
  );

  test('without the key file memory decides, but the key file of another log stays', async () => {
    const place = newPlace();
    const sealer = await opened(place, { depth: 3 });
    await sealer.engine.seal();
    rmSync(place.keyFile);
    await sealer.engine.seal();
    const { place: other } = await sealedLog();
    copyFileSync(other.keyFile, place.keyFile);
    await expect(sealer.engine.seal()).rejects.toMatchObject({
      reason: 'other-key',
    });
    // The seal that was signed waits, and nothing else is signed.
    expect(linesOf(place)).toHaveLength(3);
    expect(readFileSync(place.keyFile)).toEqual(readFileSync(other.keyFile));
    rmSync(place.keyFile);
    await sealer.engine.tick();
    expect(sealer.sealed).toEqual([0, 1, 2]);
    await sealer.engine.close(false);
    await expectSealed(place, sealer.engine.verifierKey);
  });
});
