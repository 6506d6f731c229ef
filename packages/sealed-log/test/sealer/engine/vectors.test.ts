import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { sealedLogVectors } from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { readVerifierKey } from '../../../src/format/key.js';
import { END, START } from '../../../src/format/seal.js';
import { fromSeeds, newPlace, opened, sizeOf } from '../../support/engines.js';

const { logs } = sealedLogVectors();

describe('a sealer with the seeds and times of a vector gives its bytes', () => {
  test.each(logs.map((log) => [log.name, log] as const))('%s', async (_, log) => {
    const place = newPlace();
    const { origin, depths, seeds, cuts, entries } = log;
    const { first } = readVerifierKey(log.verifierKey)!;
    const circumstances = {
      origin,
      first,
      newKey: fromSeeds(origin, depths, seeds),
    };
    let sealer = await opened(place, circumstances);
    expect(sealer.engine.verifierKey).toBe(log.verifierKey);
    const notes: string[] = [];
    for (const { size, time, flags } of cuts) {
      if ((flags & START) !== 0) {
        await sealer.engine.close(false);
        sealer = await opened(place, circumstances);
      }
      writeFileSync(place.log, entries.subarray(0, sizeOf(entries, size)));
      sealer.time = time;
      if ((flags & END) !== 0) await sealer.engine.close(true);
      else await sealer.engine.seal();
      notes.push(readFileSync(place.checkpointFile, 'utf8'));
      expect(sealer.errors).toEqual([]);
    }
    await sealer.engine.close(false);
    expect(readFileSync(place.seals, 'latin1')).toBe(Buffer.from(log.seals).toString('latin1'));
    expect(notes).toEqual(log.notes);
    const sealed = cuts.at(-1)!.size;
    expect(readFileSync(place.hashes)).toEqual(Buffer.from(log.hashes.subarray(0, 32 * sealed)));
    const ended = cuts.some(({ flags }) => (flags & END) !== 0);
    expect(existsSync(place.keyFile)).toBe(!ended);
  });
});
