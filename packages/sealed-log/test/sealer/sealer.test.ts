/** The sealer of an application, with its thread, as it is built. */
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Worker } from 'node:worker_threads';
import { Sealer, SealerError, type SealFacts } from '@evolock/sealed-log';
import { wrongly } from '@evolock/test-support';
import { expect, onTestFinished, test } from 'vitest';
import { readKey } from '../../src/format/key.js';
import { readSealLine } from '../../src/format/seal.js';
import {
  append,
  expectSealed,
  failureOf,
  linesOf,
  newPlace,
  ORIGIN,
  type Place,
} from '../support/engines.js';
import { scriptRun } from '../support/processes.js';

const optionsOf = (place: Place) => ({
  origin: ORIGIN,
  keyFile: join(place.folder, 'state', 'audit.key'),
  depth: 2,
});

async function opened(place: Place, options: object = {}): Promise<Sealer> {
  const sealer = await Sealer.open(place.log, {
    ...optionsOf(place),
    ...options,
  });
  onTestFinished(() => sealer.close().catch(() => undefined));
  return sealer;
}

test('a successor has the depth of the key before it, unless another is given', async () => {
  const place = newPlace();
  const depths = () =>
    linesOf(place).flatMap((line) => {
      const material = readSealLine(line)?.successor;
      return material === undefined ? [] : [readKey(ORIGIN, material)?.depth];
    });
  for (const depth of [1, undefined]) {
    await using sealer = await opened(place, { depth });
    for (let made = 0; made < 3; made += 1) await sealer.seal();
  }
  expect(depths().length).toBeGreaterThan(1);
  expect(new Set(depths())).toEqual(new Set([1]));
  await using sealer = await opened(place, { depth: 0 });
  for (let made = 0; made < 2; made += 1) await sealer.seal();
  expect(depths().at(-1)).toBe(0);
});

test('an application seals its log in a thread, goes on with it after a start, and ends it', async () => {
  const place = newPlace();
  append(place, 3);
  const sealer = await opened(place);
  const told: SealFacts[] = [];
  sealer.on('sealed', (seal) => told.push(seal));
  append(place);
  const seal = await sealer.seal();
  expect(seal).toMatchObject({ size: 4 });
  expect(told).toContainEqual(seal);
  expect(await sealer.checkpoint()).toMatchObject({
    chain: '',
  });
  expect(statSync(join(place.folder, 'state')).mode & 0o777).toBe(0o700);
  append(place);
  await sealer.close();
  await sealer.close();
  await expect(sealer.seal()).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_SEALER',
    reason: 'closed',
  });
  expect((await expectSealed(place, sealer.verifierKey)).at(-1)!.size).toBe(5);

  const again = await opened(place);
  expect(again.verifierKey).toBe(sealer.verifierKey);
  await again.close({ end: true });
  await expectSealed(place, sealer.verifierKey);
  expect(existsSync(optionsOf(place).keyFile)).toBe(false);
  const error = await failureOf(opened(place));
  expect(error).toBeInstanceOf(SealerError);
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_SEALER', reason: 'ended' });
});

test('a log with its key in memory ends when it is closed', async () => {
  const place = newPlace();
  {
    await using sealer = await Sealer.open(place.log, {
      origin: ORIGIN,
      memory: true,
      depth: 1,
    });
    append(place, 2);
    await sealer.seal();
  }
  expect(readFileSync(place.seals, 'latin1')).toMatch(/^\d+ \d+ 2 2 /m);
});

test('a second sealer of a log is refused', async () => {
  const place = newPlace();
  await opened(place);
  await expect(opened(place)).rejects.toMatchObject({ reason: 'locked' });
});

/** Resolves at the warning of a reason. Other tests of this process may warn too. */
function warningOf(reason: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (warning: Error): void => {
      if ((warning as Partial<SealerError>).reason !== reason) return;
      process.off('warning', look);
      resolve();
    };
    process.on('warning', look);
  });
}

test('events of the start come after it, so that the application hears them', async () => {
  const place = newPlace();
  const first = await opened(place);
  await first.seal();
  await first.close();
  appendFileSync(place.seals, '6 1795');
  const sealer = await opened(place);
  const told: unknown[] = [];
  sealer.on('truncated', (event) => told.push(event));
  await sealer.seal();
  expect(told).toEqual([{ file: place.seals, bytes: 6 }]);
});

test('close settles after the thread died', async () => {
  const place = newPlace();
  const started = once(process, 'worker') as Promise<[Worker]>;
  const sealer = await opened(place);
  const [worker] = await started;
  await worker.terminate();
  const closed = { code: 'ERR_EVOLOCK_SEALER', reason: 'closed' };
  await expect(sealer.seal()).rejects.toMatchObject(closed);
  await expect(sealer.close()).rejects.toMatchObject(closed);
});

test('a thread that dies of an error is an error event, and calls that wait are refused', async () => {
  const place = newPlace();
  const started = once(process, 'worker') as Promise<[Worker]>;
  const sealer = await opened(place);
  const [worker] = await started;
  const told = once(sealer, 'error');
  worker.postMessage({ id: 1000, call: 'no call', end: false });
  const died = { code: 'ERR_EVOLOCK_SEALER', reason: 'thread', cause: expect.any(TypeError) };
  await expect(sealer.seal()).rejects.toMatchObject(died);
  expect(await told).toMatchObject([died]);
  await expect(sealer.checkpoint()).rejects.toMatchObject(died);
  await expect(sealer.close()).rejects.toMatchObject(died);
});

test('what a seal cannot do is an error event, and a warning without a listener', async () => {
  const place = newPlace();
  const sealer = await opened(place);
  await sealer.seal();
  const whole = readFileSync(place.seals);
  appendFileSync(place.seals, 'other bytes');
  const warned = warningOf('changed-file');
  await expect(sealer.seal()).rejects.toMatchObject({ reason: 'changed-file' });
  await warned;
  writeFileSync(place.seals, whole);
  await sealer.seal();
  appendFileSync(place.seals, 'other bytes');
  const told = once(sealer, 'error');
  await expect(sealer.seal()).rejects.toMatchObject({ reason: 'changed-file' });
  expect(await told).toEqual([expect.any(SealerError)]);
});

test('wrong options are refused before anything is made', async () => {
  const place = newPlace();
  const { keyFile } = optionsOf(place);
  const type = 'ERR_EVOLOCK_ARGUMENT_TYPE';
  const value = 'ERR_EVOLOCK_ARGUMENT_VALUE';
  const wrong: [object, string][] = [
    [{}, type],
    [{ origin: 'a b', keyFile }, value],
    [{ origin: 'a+b', keyFile }, value],
    [{ origin: ORIGIN }, type],
    [{ origin: ORIGIN, keyFile, depth: 21 }, value],
    [{ origin: ORIGIN, keyFile, interval: 0 }, value],
    [{ origin: ORIGIN, keyFile, settle: 0 }, value],
    [{ origin: ORIGIN, keyFile, settle: '5' }, type],
    [{ origin: ORIGIN, keyFile, heartbeat: 2_147_484 }, value],
    [{ origin: ORIGIN, keyFile, memory: true }, value],
    [{ origin: ORIGIN, keyFile, hashes: 1 }, type],
    [{ origin: ORIGIN, keyFile: join(place.folder, 'audit.key') }, value],
  ];
  for (const [options, code] of wrong)
    await expect(Sealer.open(place.log, wrongly(options))).rejects.toMatchObject({ code });
  await expect(
    Sealer.open(join(place.folder, 'no', 'log'), optionsOf(place)),
  ).rejects.toMatchObject({ code: 'ERR_EVOLOCK_SEALER', reason: 'system' });
  expect(readdirSync(place.folder)).toEqual([]);
});

/** Runs a program with the build of this package. */
async function run(script: string) {
  const child = scriptRun(script);
  const [output, [code]] = await Promise.all([text(child.stdout!), once(child, 'close')]);
  return { output, code: code as number | null };
}

test('a key below a folder that cannot be made is refused', async () => {
  const place = newPlace();
  const options = { ...optionsOf(place), keyFile: '/proc/none/of/these/audit.key' };
  // In a process of its own, since the system call was repeated for ever.
  const script = `
    import { Sealer } from '@evolock/sealed-log';
    await Sealer.open(${JSON.stringify(place.log)}, ${JSON.stringify(options)}).catch(({ reason, message }) =>
      console.log(reason, message));
  `;
  const { output } = await run(script);
  expect(output).toMatch(/^system .*\/proc\/none/);
});

test('a sealer does not keep a process alive, and the next start goes on where it was', async () => {
  const place = newPlace();
  mkdirSync(join(place.folder, 'state'));
  const script = `
    import { appendFileSync } from 'node:fs';
    import { Sealer } from '@evolock/sealed-log';
    const log = ${JSON.stringify(place.log)};
    const sealer = await Sealer.open(log, ${JSON.stringify(optionsOf(place))});
    appendFileSync(log, 'a line\\n');
    await sealer.seal();
    console.log(sealer.verifierKey);
    appendFileSync(log, 'another\\n');
  `;
  const { output, code } = await run(script);
  expect(code).toBe(0);
  const sealer = await opened(place);
  expect(sealer.verifierKey).toBe(output.trim());
  await sealer.close();
  expect((await expectSealed(place, sealer.verifierKey)).at(-1)!.size).toBe(2);
});
