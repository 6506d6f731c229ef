// The unit that verifies the log of another machine, run as it is shipped, with rsync, while logrotate changes the files.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { opened, placeIn } from '../support/engines.js';
import { lacks, newMachines, shipped } from './machines.js';

const reason = lacks('rsync', 'logrotate');
const testHere = test.skipIf(reason !== '');

/** Longer than a sealer waits for a file, and than its interval, in milliseconds. */
const LONG = 60_000;

/**
 * A log that is written, rotated as the recipe says, and sealed at once.
 *
 * @param age - Seconds since it was begun: 0 by default.
 */
async function newLog(age = 0) {
  const machines = newMachines();
  const { app, log, etc, here } = machines;
  const configuration = join(etc, 'logrotate');
  // The users of the recipe, and systemd, are not here.
  const rotation = here(shipped('sealed-log.logrotate'))
    .replace(/^ *su .*$/m, '')
    .replace(/^( *create \d+) .*$/m, '$1')
    .replace(/systemctl .*/, 'true');
  writeFileSync(configuration, rotation, { mode: 0o600 });
  let lines = 0;
  const write = (file = log) => appendFileSync(file, `line ${String((lines += 1))}\n`);
  write();
  const time = Math.floor(Date.now() / 1000) - age;
  const sealer = await opened(placeIn(app), { rotated: 'audit.log-*', time });
  writeFileSync(join(etc, 'audit.vkey'), `${sealer.engine.verifierKey}\n`);
  /** The sealer looks until it has sealed all. */
  const seal = async () => {
    for (let ticks = 0; ticks < 4; ticks += 1) {
      sealer.elapsed += LONG;
      await sealer.engine.tick();
    }
  };
  let days = 0;
  const dayName = (day: number) => `${log}-${String(20_200_101 + day)}`;
  /** A day passes: the file of today has the name of an earlier day. */
  const rotate = async (isSealed = true) => {
    write();
    const before = new Set(readdirSync(app));
    execFileSync('logrotate', ['--force', '--state', join(etc, 'rotations'), configuration]);
    const made = readdirSync(app).filter((name) => !before.has(name) && !name.endsWith('.gz'));
    expect(made).toHaveLength(1);
    renameSync(join(app, made[0]!), dayName(days));
    days += 1;
    write();
    if (isSealed) await seal();
  };
  await seal();
  return {
    ...machines,
    sealer,
    write,
    seal,
    rotate,
    entries: () => lines,
    lastRotated: () => dayName(days - 1),
  };
}

testHere(`a rotation at any moment of a fetch is no alarm${reason}`, async () => {
  const { verify, rotate, entries, verifier, app } = await newLog();
  const { calls, moments, ...first } = await verify();
  expect(first).toEqual({ status: 0, text: expect.stringMatching(/^✓/) as string });
  expect([calls, moments]).toEqual([4, 9]);
  const alone = [...Array(moments).keys()].map((moment) => [moment]);
  for (const rotations of [...alone, [5, 10]]) {
    const found = await verify(async (moment) => {
      if (rotations.includes(moment)) await rotate();
    });
    expect([rotations, found.status, found.text]).toEqual([
      rotations,
      0,
      expect.stringMatching(/✓/),
    ]);
    // Not even the first verification fails: each rotation makes one more round.
    expect(found.calls).toBeLessThanOrEqual(calls + 2 * rotations.length);
  }
  const { text } = await verify();
  expect(text).toContain(`: ${String(entries())} entries are as they were sealed`);
  // What was compressed there is so here, once.
  const names = (folder: string) =>
    readdirSync(folder)
      .filter((name) => name.startsWith('audit.log-'))
      .sort();
  expect(names(join(verifier, 'log'))).toEqual(names(app));
  expect(names(app).filter((name) => name.endsWith('.gz')).length).toBeGreaterThan(8);
});

testHere(`a program that goes on writing to a rotated file is no alarm${reason}`, async () => {
  const { verify, rotate, write, lastRotated } = await newLog();
  // The sealer waits for that file.
  await rotate(false);
  const { status, text, calls } = await verify(() => write(lastRotated()));
  expect([status, text]).toEqual([0, expect.stringMatching(/^✓/)]);
  // The list never stays, so it is taken some times only.
  expect(calls).toBe(12);
});

testHere(`a file that is compressed meanwhile counts once${reason}`, async () => {
  const { verify, rotate, lastRotated, log } = await newLog();
  // What was rotated before the log was begun has none of its entries.
  writeFileSync(`${log}-20190101`, 'an older line\n');
  await rotate();
  const file = lastRotated();
  const whole = gzipSync(readFileSync(file));
  const { status, text } = await verify((moment) => {
    if (moment === 1) writeFileSync(`${file}.gz`, whole.subarray(0, 12));
  });
  expect([status, text]).toEqual([0, expect.stringMatching(/^✓/)]);
});

testHere(
  `a line that was changed in a rotated file is an alarm within a day${reason}`,
  async () => {
    const { verify, rotate, lastRotated, passDay } = await newLog();
    await rotate();
    const first = lastRotated();
    await rotate();
    expect(await verify()).toMatchObject({ status: 0 });
    const packed = readFileSync(`${first}.gz`);
    writeFileSync(
      `${first}.gz`,
      gzipSync(gunzipSync(packed).toString().replace('line 1', 'line 7')),
    );
    expect(await verify()).toMatchObject({
      status: 0,
      text: expect.stringContaining('by an earlier run, and not read again') as string,
    });
    passDay();
    expect(await verify()).toMatchObject({
      status: 1,
      text: expect.stringMatching(/^✗/) as string,
    });
    // Until it is mended.
    expect(await verify()).toMatchObject({
      status: 1,
      text: expect.stringMatching(/^✗/) as string,
    });
    writeFileSync(`${first}.gz`, packed);
    expect(await verify()).toMatchObject({ status: 0 });
    const last = readFileSync(lastRotated(), 'utf8');
    writeFileSync(lastRotated(), last.replace('line', 'lime'));
    passDay();
    expect(await verify()).toMatchObject({
      status: 1,
      text: expect.stringMatching(/^✗/) as string,
    });
  },
);

testHere(
  `entries that stay unsealed are an alarm, though the last seal is young${reason}`,
  async () => {
    const { verify, write, seal, verifier } = await newLog();
    write();
    expect(await verify()).toMatchObject({ status: 0 });
    expect(await verify()).toMatchObject({ status: 0 });
    // An hour passes, in which nothing covers them.
    const path = join(verifier, 'kept', 'audit.log.state');
    const state = JSON.parse(readFileSync(path, 'utf8')) as { unsealed: { since: number } };
    state.unsealed.since -= 3600;
    writeFileSync(path, JSON.stringify(state));
    const found = await verify();
    expect(found).toMatchObject({ status: 4, calls: 8 });
    expect(found.text).toContain(
      '1 entry after the last seal, the oldest without a seal for at least',
    );
    await seal();
    expect(await verify()).toMatchObject({ status: 0 });
  },
);

testHere(`a log that fails is fetched once more before it is an alarm${reason}`, async () => {
  const { verify, log } = await newLog();
  const sound = readFileSync(log);
  writeFileSync(log, 'forged');
  const found = await verify((moment) => {
    if (moment === 9) writeFileSync(log, sound);
  });
  expect(found).toMatchObject({ status: 0, calls: 8 });
});

const RETENTION = 400 * 86_400;

testHere(
  `a file that is removed is an alarm, also when it comes and goes again${reason}`,
  async () => {
    const { verify, rotate, lastRotated, verifier } = await newLog();
    await rotate();
    const file = lastRotated();
    const kept = readFileSync(file);
    expect(await verify()).toMatchObject({ status: 0 });
    rmSync(file);
    const isGone = { status: 5, text: expect.stringContaining('gone from the front') as string };
    expect(await verify()).toMatchObject(isGone);
    expect(await verify()).toMatchObject(isGone);
    const gone = join(verifier, 'gone', basename(file));
    expect(readFileSync(gone)).toEqual(kept);
    writeFileSync(file, 'another\n');
    expect(await verify()).toMatchObject({ status: expect.any(Number) as number });
    rmSync(file);
    expect(await verify()).toMatchObject(isGone);
    expect(readFileSync(gone)).toEqual(kept);
    // Put back.
    copyFileSync(gone, file);
    expect(await verify()).toMatchObject({ status: 0 });
    rmSync(file);
    expect(await verify()).toMatchObject(isGone);
  },
);

testHere(
  `what the unit of witnesses writes is fetched, where a fleet looks for it${reason}`,
  async () => {
    const { verify, here, log, verifier } = await newLog();
    const [, out = ''] = / --out (\S+)$/m.exec(here(shipped('sealed-log-cosign.service'))) ?? [];
    expect(out).toBe(`${log}.cosigned`);
    const parts = [out, `${out}.chain`];
    for (const path of parts) writeFileSync(path, basename(path));
    expect(await verify()).toMatchObject({ status: 0 });
    for (const path of parts)
      expect(readFileSync(join(verifier, 'log', basename(path)), 'utf8')).toBe(basename(path));
  },
);

testHere(`a live file that is emptied is an alarm at once${reason}`, async () => {
  const { verify, log } = await newLog();
  expect(await verify()).toMatchObject({ status: 0 });
  const sound = readFileSync(log);
  writeFileSync(log, '');
  expect(await verify()).toMatchObject({ status: 5 });
  expect(await verify()).toMatchObject({ status: 5 });
  writeFileSync(log, sound);
  expect(await verify()).toMatchObject({ status: 0 });
});

testHere(`a file that is removed after its time is no alarm${reason}`, async () => {
  const { verify, rotate, lastRotated, sealer, write, seal, app } = await newLog(RETENTION + 3600);
  await rotate();
  const file = lastRotated();
  await rotate();
  sealer.time += RETENTION + 3600;
  write();
  await seal();
  expect(await verify()).toMatchObject({ status: 0 });
  rmSync(readdirSync(app).includes(`${basename(file)}.gz`) ? `${file}.gz` : file);
  const expired = {
    status: 0,
    text: expect.stringMatching(/^✓[^]*^ *! expired +2 entries/m) as string,
  };
  expect(await verify()).toMatchObject(expired);
  expect(await verify()).toMatchObject({ status: 0 });
});

testHere(
  `an erasure that was accepted before reaches the copy without an alarm${reason}`,
  async () => {
    const { verify, rotate, lastRotated, sealer, etc, verifier, passDay } = await newLog();
    await rotate();
    const file = lastRotated();
    expect(await verify()).toMatchObject({ status: 0 });
    appendFileSync(join(etc, 'erased'), '0-1 2026-12-07 GDPR request 17\n');
    await sealer.engine.erase([[0, 1]], 'GDPR request 17');
    for (const pass of [() => undefined, passDay]) {
      pass();
      expect(await verify()).toMatchObject({ status: 0 });
      // 1: none is found.
      expect(spawnSync('grep', ['-rqx', 'line 1', verifier]).status).toBe(1);
    }
    expect(readFileSync(join(verifier, 'log', basename(file)), 'utf8')).toMatch(/^ {6}\n/);
  },
);
