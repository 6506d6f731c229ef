/** A renewal that is killed at any call to the file system goes on, by another renewal or by a sealer. */
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { renewLog, Sealer } from '@evolock/sealed-log';
import { expect, test } from 'vitest';
import { append, newPlace, ORIGIN, placeIn, verdictOn, type Place } from '../support/engines.js';
import { scriptRun } from '../support/processes.js';

const optionsOf = ({ folder, checkpointFile }: Pick<Place, 'folder' | 'checkpointFile'>) => ({
  ...{ origin: ORIGIN, depth: 1, checkpointFile },
  keyFile: join(folder, 'state', 'audit.key'),
});

/** Kills itself before a call of the main thread that others see, and prints how many there were. */
const RENEWING = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const [log, options, killedAt] = process.argv.slice(1);
  const { O_WRONLY, O_RDWR, O_CREAT } = fs.constants;
  let calls = 0;
  const names = ['openSync', 'writeSync', 'linkSync', 'renameSync', 'unlinkSync', 'rmSync', 'fchmodSync'];
  for (const name of names) {
    const call = fs[name];
    fs[name] = (...values) => {
      const [, flags] = values;
      const reads = typeof flags === 'number' ? (flags & (O_WRONLY | O_RDWR | O_CREAT)) === 0 : flags === 'r';
      if (name !== 'openSync' || !reads) calls += 1;
      else return call(...values);
      if (calls === Number(killedAt)) process.kill(process.pid, 'SIGKILL');
      return call(...values);
    };
  }
  syncBuiltinESMExports();
  const { renewLog } = await import('@evolock/sealed-log');
  await renewLog(log, { ...JSON.parse(options), reason: 'killed' });
  console.log(calls);
`;

async function renewing(place: Place, killedAt = 0): Promise<string> {
  const args = [place.log, JSON.stringify(optionsOf(place)), String(killedAt)];
  const child = scriptRun(RENEWING, args);
  const [output] = await Promise.all([text(child.stdout!), once(child, 'close')]);
  return child.signalCode ?? output;
}

const valid = { result: 'valid', reasons: [], failure: undefined };

test('a renewal that is killed before any call goes on', async () => {
  const { folder: parent } = newPlace();
  const [template, folder] = [join(parent, 'template'), join(parent, 'folder')];
  mkdirSync(template);
  const original = placeIn(template);
  append(original, 3);
  const sealer = await Sealer.open(original.log, optionsOf(original));
  const oldKey = sealer.verifierKey;
  for (let made = 0; made < 3; made += 1) await sealer.seal();
  await sealer.close();
  const note = readFileSync(original.checkpointFile, 'utf8');
  const place = placeIn(folder);
  const prepare = (): void => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(template, folder, { recursive: true });
  };

  prepare();
  const calls = Number(await renewing(place));
  expect(calls).toBeGreaterThan(40);
  const ways = new Set<string>();
  for (let killedAt = 1; killedAt <= calls; killedAt += 1) {
    prepare();
    const what = `call ${String(killedAt)} of ${String(calls)}`;
    expect(await renewing(place, killedAt), what).toBe('SIGKILL');
    const opened = await Sealer.open(place.log, optionsOf(place)).catch((error: unknown) => error);
    if (!(opened instanceof Sealer)) expect(opened, what).toMatchObject({ reason: 'no-key' });
    else await opened.close();
    const isNew = existsSync(`${place.log}.old-1.seals`);
    let verifierKey = opened instanceof Sealer ? opened.verifierKey : '';
    if (!isNew) {
      // The old log is whole: it goes on, or waits for its renewal.
      ways.add(opened instanceof Sealer ? 'the old log goes on' : 'the renewal goes on');
      const renewed = await renewLog(place.log, { ...optionsOf(place), reason: 'again' });
      expect(renewed.oldVerifierKey, what).toBe(oldKey);
      verifierKey = renewed.verifierKey;
    } else ways.add('the new log begins');
    expect(await verdictOn(place.log, verifierKey), what).toMatchObject(valid);
    expect(await verdictOn(`${place.log}.old-1`, oldKey), what).toMatchObject(valid);
    const [line = ''] = readFileSync(place.log, 'utf8').split('\n');
    const { sealedLogRenewed } = JSON.parse(line) as { sealedLogRenewed: Record<string, string> };
    expect(sealedLogRenewed, what).toMatchObject({
      reason: expect.stringMatching(/^(?:killed|again)$/),
      ...{ oldLog: 'audit.log.old-1', oldVerifierKey: oldKey },
    });
    // A sealer that went on with the old log made later checkpoints.
    if (isNew) expect(sealedLogRenewed['oldCheckpoint'], what).toBe(note);
    const names = [...readdirSync(folder), ...readdirSync(join(folder, 'state'))];
    expect(
      names.filter((name) => /evolock|old-2/.test(name)),
      what,
    ).toEqual([]);
  }
  expect(ways).toEqual(
    new Set(['the old log goes on', 'the renewal goes on', 'the new log begins']),
  );
});
