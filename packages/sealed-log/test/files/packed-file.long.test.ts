/** A compressed file with an unpacked size that no log needs. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ROTATED, RotatedLog, SETTLE } from '../support/rotated-log.js';

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
  // 8 MB that unpack to 8 GB: 128 members of 64 MiB.
  const member = gzipSync(Buffer.alloc(1 << 26));
  const packed = `${log.old(1)}.gz`;
  writeFileSync(packed, Buffer.concat(Array.from({ length: 128 }, () => member)));
  await expect(log.open()).rejects.toMatchObject({
    reason: 'packed-files',
    detail: `gunzip -k ${packed}`,
  });
  writeFileSync(packed, right);
  const sealer = await log.open();
  for (let made = 0; made < 3; made += 1) await log.pass(SETTLE);
  expect(await sealer.engine.seal()).toMatchObject({ size: 4 });
});
