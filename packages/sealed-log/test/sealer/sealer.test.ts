/** The sealer of an application, with its thread, as it is built. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Sealer, SealerError, type SealFacts } from '@evolock/sealed-log';
import { expect, onTestFinished, test } from 'vitest';
import { append, expectSealed, newPlace, ORIGIN, type Place } from '../support/engines.js';

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
  const error: unknown = await opened(place).catch((thrown: unknown) => thrown);
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

test('what a seal cannot do is an error event, and a warning without a listener', async () => {
  const place = newPlace();
  const sealer = await opened(place);
  await sealer.seal();
  appendFileSync(place.seals, 'other bytes');
  const warned = once(process, 'warning');
  await expect(sealer.seal()).rejects.toMatchObject({ reason: 'changed-file' });
  expect(await warned).toEqual([expect.objectContaining({ reason: 'changed-file' })]);
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
    [{ origin: ORIGIN, keyFile, memory: true }, value],
    [{ origin: ORIGIN, keyFile, hashes: 1 }, type],
    [{ origin: ORIGIN, keyFile: join(place.folder, 'audit.key') }, value],
  ];
  for (const [options, code] of wrong)
    await expect(Sealer.open(place.log, options as never)).rejects.toMatchObject({ code });
  expect(existsSync(place.seals)).toBe(false);
});

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a program with the build of this package. */
async function run(script: string) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: packageFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { output, code: code as number | null };
}

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
