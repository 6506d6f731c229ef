/** A compressed file with an unpacked size that no log needs. */
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Sealer } from '@evolock/sealed-log';
import { expect, test } from 'vitest';
import { refusalOf } from '../../src/sealer/refusal.js';
import { newPlace, ORIGIN } from '../support/engines.js';
import { ROTATED, RotatedLog, SETTLE } from '../support/rotated-log.js';

/** 8 MB that unpack to 8 GB: 128 members of 64 MiB. */
function writeLarge(path: string): void {
  const member = gzipSync(Buffer.alloc(1 << 26));
  writeFileSync(path, Buffer.concat(Array.from({ length: 128 }, () => member)));
}

test('a file that unpacks to more than a start may need is refused, until the right one is back', async () => {
  const log = new RotatedLog({ ...ROTATED, time: 1_789_999_000 });
  log.append(3);
  await log.open();
  await log.pass();
  await log.stop();
  log.rename();
  log.append(1);
  const right = gzipSync(readFileSync(log.old(1)));
  rmSync(log.old(1));
  const packed = `${log.old(1)}.gz`;
  writeLarge(packed);
  await expect(log.open()).rejects.toMatchObject({
    reason: 'packed-files',
    detail: `gunzip -k ${packed}`,
  });
  writeFileSync(packed, right);
  const sealer = await log.open();
  for (let made = 0; made < 3; made += 1) await log.pass(SETTLE);
  expect(await sealer.engine.seal()).toMatchObject({ size: 4 });
});

test('one that is read next refuses a start, and a sealer that finds it while it runs can be closed', async () => {
  const { log, folder } = newPlace();
  const keyFile = join(folder, 'state', 'audit.key');
  const options = { origin: ORIGIN, keyFile, rotated: ROTATED.rotated, depth: 4, settle: 0.01 };
  writeFileSync(log, 'one\n');
  const sealer = await Sealer.open(log, options);
  await sealer.seal();
  renameSync(log, `${log}.2`);
  writeLarge(`${log}.1.gz`);
  writeFileSync(log, 'three\n');
  await expect(sealer.close()).rejects.toMatchObject({ reason: 'packed-files' });
  const refused = { reason: 'packed-files', detail: `gunzip -k ${log}.1.gz` };
  expect(refusalOf(log, options, false)).toMatchObject(refused);
  await expect(Sealer.open(log, options)).rejects.toMatchObject(refused);
  rmSync(`${log}.1.gz`);
  appendFileSync(log, 'four\n');
  const again = await Sealer.open(log, options);
  await again.close();
  expect(refusalOf(log, options, false)).toBeUndefined();
});
