/** A program that does not open the new file after a rotation holds back the entries of that file, and no one is misled. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { SealedLogState, SealedLogVerdict } from '../../src/verify/index.js';
import { troublesOf } from '../../src/sealer/refusal.js';
import { failureOf, filesOf, ORIGIN, verdictOn } from '../support/engines.js';
import { ROTATED, RotatedLog, SETTLE } from '../support/rotated-log.js';

const MAX_AGE = 1800;

/** Verifies what came since a state, as `--resume` does. */
async function verified(log: RotatedLog, from?: SealedLogState): Promise<SealedLogVerdict> {
  return verdictOn(log.place.log, log.verifierKey, {
    files: filesOf(log.place),
    seals: readFileSync(log.place.seals).subarray(from?.sealBytes),
    hashes: undefined,
    from: from && (JSON.parse(JSON.stringify(from)) as SealedLogState),
    now: new Date(1000 * log.sealer!.time),
    maxAge: MAX_AGE,
  });
}

/** Lets an old file grow for a time, never without a line for the settle time. Returns the verdicts of a verifier, every ten minutes. */
async function grown(log: RotatedLog, seconds: number, from?: SealedLogState) {
  const verdicts: SealedLogVerdict[] = [];
  let state = from;
  for (let passed = 4; passed <= seconds; passed += 4) {
    log.append(1, { to: 1 });
    log.sealer!.time += 4;
    await log.pass(4000);
    if (passed % 600 !== 0) continue;
    const verdict = await verified(log, state);
    ({ state } = verdict);
    verdicts.push(verdict);
  }
  return verdicts;
}

test('a verifier with a state tells entries that stay unsealed, however young the last seal is', async () => {
  const log = new RotatedLog({ ...ROTATED, interval: 300_000 });
  log.append(1);
  await log.open();
  await log.pass();
  log.rename();
  log.append(2);
  const verdicts = await grown(log, 4200);
  expect(verdicts.map(({ reasons }) => reasons)).toEqual([
    ...Array.from({ length: 4 }, () => []),
    ...Array.from({ length: 3 }, () => ['unsealed-entries']),
  ]);
  // The program opened the new file.
  await log.pass(SETTLE);
  await log.sealer!.engine.seal();
  expect(await verified(log, verdicts.at(-1)!.state)).toMatchObject({
    result: 'valid',
    unsealedEntries: 0,
    state: { unsealed: undefined },
  });
});

test('without a present time no verifier knows when it saw an entry', async () => {
  const log = new RotatedLog();
  log.append(1);
  await log.open();
  await log.pass();
  log.append(1);
  const verdict = await verdictOn(log.place.log, log.verifierKey);
  expect(verdict).toMatchObject({ unsealedEntries: 1, unsealedSince: undefined });
  const { state, unsealedSince } = await verified(log);
  expect([unsealedSince, state!.unsealed]).toEqual([
    log.sealer!.time,
    { since: log.sealer!.time, end: 2, later: 0 },
  ]);
});

test.each([
  ['since', -1],
  ['end', 0.5],
  ['later', '1'],
])('a state whose unsealed.%s is %j is refused', async (name, value) => {
  const log = new RotatedLog();
  log.append(1);
  await log.open();
  await log.pass();
  const { state } = await verified(log);
  const unsealed = { since: 1, end: 1, later: 0, [name]: value };
  const from = { ...state!, unsealed };
  await expect(verdictOn(log.place.log, log.verifierKey, { from })).rejects.toThrow(
    `from.unsealed.${name}`,
  );
});

test('after ten times the settle time an old file that grows is told, with since when and how many entries wait', async () => {
  const log = new RotatedLog({ ...ROTATED, heartbeat: 60_000 });
  log.append(1);
  const sealer = await log.open();
  await log.pass();
  log.rename();
  const since = sealer.time;
  log.append(2);
  await log.pass();
  const told = () => sealer.events.filter(({ event }) => event === 'error').length;
  for (let passed = 4000; passed < 10 * SETTLE; passed += 4000) await grow(log);
  expect(told()).toBe(0);
  log.append(1);
  await grow(log);
  await grow(log);
  const waiting = { file: log.old(1), since, entries: 3 };
  expect(sealer.events.at(-1)).toMatchObject({
    event: 'error',
    error: { code: 'ERR_EVOLOCK_SEALER', reason: 'waiting-file', waiting },
  });
  // Another process reads it in the hint.
  const places = { origin: ORIGIN, keyFile: log.place.keyFile, rotated: ROTATED.rotated };
  const troubles = () => troublesOf(log.place.log, places);
  expect(troubles()).toMatchObject([{ reason: 'waiting-file', waiting }]);
  expect(told()).toBe(1);
  for (let passed = 0; passed < 60_000; passed += 4000) await grow(log);
  expect(told()).toBe(2);
  // A start goes on counting, and reports no file that does not grow.
  expect(await failureOf(log.stop())).toMatchObject({ reason: 'waiting-file', waiting });
  const again = await log.open();
  await log.pass();
  again.time += 4;
  await log.pass(4000);
  expect(again.errors).toEqual([]);
  await grow(log);
  expect(again.events.at(-1)).toMatchObject({ error: { reason: 'waiting-file' } });
  expect((again.events.at(-1) as { error: { waiting: object } }).error.waiting).toEqual(waiting);
  await log.pass(SETTLE);
  await again.engine.seal();
  expect(troubles()).toEqual([]);
  await log.expectWhole();
});

/** The program writes a line to the file that was rotated. */
async function grow(log: RotatedLog): Promise<void> {
  log.append(1, { to: 1 });
  log.sealer!.time += 4;
  await log.pass(4000);
}

test('a log is closed with what waits as its failure', async () => {
  const log = new RotatedLog();
  log.append(1);
  await log.open();
  await log.pass();
  log.rename();
  await log.pass();
  // Nothing waits.
  await log.stop();
  await log.open();
  log.append(1);
  expect(await failureOf(log.stop())).toMatchObject({
    reason: 'waiting-file',
    waiting: { file: log.old(1), entries: 1 },
  });
  // `status` tells it of a sealer that is closed too, until the entries are sealed.
  const places = { origin: ORIGIN, keyFile: log.place.keyFile, rotated: ROTATED.rotated };
  const troubles = () => troublesOf(log.place.log, places).map(({ reason }) => reason);
  expect(troubles()).toEqual(['waiting-file']);
  await log.open();
  await log.pass(SETTLE);
  await log.sealer!.engine.seal();
  expect(troubles()).toEqual([]);
});
