import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { append, expectSealed, newPlace, opened, sealedLog } from '../../support/engines.js';

/** A hint with another text, and the hash of it. */
function rehashed(text: string, pattern: RegExp, by: string): string {
  const [found = ''] = text.split('\n');
  const changed = found.replace(pattern, by);
  expect(changed).not.toBe(found);
  return `${changed}\n${createHash('sha256').update(changed).digest('hex')}\n`;
}

test.each([
  ['torn', (text: string) => text.slice(0, -10)],
  ['of another file', (text: string) => rehashed(text, /"identity":"\d+:\d+"/, '"identity":"1:1"')],
  ['with a wrong tree', (text: string) => rehashed(text, /"nodes":\["../, '"nodes":["zz')],
  ['of another version', (text: string) => rehashed(text, /"version":\d+/, '"version":1')],
  ['of another place', (text: string) => rehashed(text, /"offset":\d+/, '"offset":1')],
  ['damaged', (text: string) => text.replace(/"offset":\d+/, '"offset":1')],
  ['of a later seal', (text: string) => rehashed(text, /"size":\d+/, '"size":1000')],
  ['missing', () => ''],
])('a hint that is %s is not used: all entries are read', async (_, change) => {
  const { place, verifierKey } = await sealedLog();
  const hint = `${place.keyFile}.hint`;
  writeFileSync(hint, change(readFileSync(hint, 'latin1')));
  const sealer = await opened(place);
  append(place);
  await sealer.engine.seal();
  expect(sealer.errors).toEqual([]);
  await sealer.engine.close(false);
  await expectSealed(place, verifierKey);
});

test('at an end the hint goes before the key file: no hint is left without one', async () => {
  const place = newPlace();
  const hint = `${place.keyFile}.hint`;
  const { engine } = await opened(place, { depth: 1 });
  await engine.seal();
  rmSync(hint, { force: true });
  // It cannot be removed as a file.
  mkdirSync(hint);
  await expect(engine.close(true)).rejects.toThrow(hint);
  expect(existsSync(place.keyFile)).toBe(true);
  await expect(opened(place)).rejects.toThrow(hint);
  expect(existsSync(place.keyFile)).toBe(true);
  rmdirSync(hint);
  await expect(opened(place)).rejects.toMatchObject({ reason: 'ended' });
  expect(existsSync(place.keyFile)).toBe(false);
});

test('with a hint a start reads nothing that was sealed but the last entry, which shows the file', async () => {
  const { place, verifierKey } = await sealedLog();
  const log = readFileSync(place.log);
  const last = log.lastIndexOf('\n', -2) + 1;
  writeFileSync(place.log, Buffer.concat([Buffer.alloc(last, 'x'), log.subarray(last)]));
  const sealer = await opened(place);
  writeFileSync(place.log, log);
  append(place);
  await sealer.engine.close(false);
  await expectSealed(place, verifierKey);
});

test('a hint is replaced in one step, and neither it nor a checkpoint prevents the other', async () => {
  const place = newPlace();
  const hint = `${place.keyFile}.hint`;
  const sealer = await opened(place, { depth: 3 });
  append(place);
  await sealer.engine.seal();
  const content = readFileSync(hint);
  const old = openSync(hint, 'r');
  onTestFinished(() => closeSync(old));
  const { note } = (await sealer.engine.checkpoint())!;
  append(place);
  await sealer.engine.seal();
  expect(readFileSync(old)).toEqual(content);
  expect(readFileSync(hint)).not.toEqual(content);
  rmSync(hint);
  mkdirSync(hint);
  await sealer.engine.seal();
  const later = readFileSync(place.checkpointFile, 'utf8');
  expect(later).not.toBe(note);
  expect(later).toBe((await sealer.engine.checkpoint())!.note);
  rmdirSync(hint);
  rmSync(place.checkpointFile);
  mkdirSync(place.checkpointFile);
  await sealer.engine.seal();
  expect(existsSync(hint)).toBe(true);
});
