/** A sealer among other programs, on a full disk, and in a folder in which it may not write. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { NOBODY } from '@evolock/test-support/ordinary-user';
import { expect, onTestFinished, test } from 'vitest';
import {
  append,
  expectSealed,
  failureOf,
  linesOf,
  newPlace,
  opened,
  Opened,
  ORIGIN,
  placeIn,
  verdictOn,
  type Place,
} from '../support/engines.js';
import { scriptRun } from '../support/processes.js';

/** Appends lines in pieces, so that lines of several writers are torn and mixed. */
const WRITER = `
  import { openSync, writeSync } from 'node:fs';
  const [file, name] = process.argv.slice(1);
  const fd = openSync(file, 'a');
  for (let line = 0; line < 400; line += 1) {
    const text = Buffer.from(name + ' ' + line + ' ' + 'x'.repeat((line * 37) % 300) + '\\n');
    const middle = line % 3 === 0 ? text.length >> 1 : text.length;
    writeSync(fd, text.subarray(0, middle));
    if (middle < text.length) writeSync(fd, text.subarray(middle));
  }
`;

test('a log that other processes append to, also parts of lines, is sealed, and at each moment a verifier finds it valid', async () => {
  const place = newPlace();
  const { engine, errors } = await opened(place, { depth: 4 });
  let running = 3;
  for (const name of ['a', 'b', 'c'])
    void once(scriptRun(WRITER, [place.log, name]), 'close').then(() => (running -= 1));
  for (let isLast = false; !isLast;) {
    isLast = running === 0;
    await engine.seal();
    // The length of the seals is taken first, and entries are read later.
    const seals = readFileSync(place.seals);
    const last = Number(linesOf(place).at(-2)!.split(' ')[1]);
    const verdict = await verdictOn(place.log, engine.verifierKey, {
      ...{ files: [readFileSync(place.log, { flag: 'a+' })], seals },
      ...{ hashes: undefined, now: new Date(1000 * last), maxAge: 60 },
    });
    expect(verdict).toMatchObject({ result: 'valid', failure: undefined });
  }
  await engine.close(true);
  expect(errors).toEqual([]);
  const seals = await expectSealed(place, engine.verifierKey);
  const text = readFileSync(place.log);
  expect(text.length).toBeGreaterThan(3 * 400 * 150);
  expect(seals.at(-1)!.size).toBe(text.filter((byte) => byte === 0x0a).length);
});

/** Opens a sealer, tells whether it could, and closes it at the end of its input. */
const SEALER = `
  import { Sealer } from '@evolock/sealed-log';
  const [log, keyFile] = process.argv.slice(1);
  try {
    const sealer = await Sealer.open(log, { origin: ${JSON.stringify(ORIGIN)}, keyFile, depth: 2 });
    console.log(sealer.verifierKey);
    for await (const _ of process.stdin);
    await sealer.close();
  } catch (error) {
    console.log(error.reason);
  }
`;

test('of several processes that start at once, one seals the log, and the others are refused', async () => {
  const place = newPlace();
  append(place, 3);
  const keyFile = join(place.folder, 'state', 'audit.key');
  for (let round = 0; round < 3; round += 1) {
    const children = Array.from({ length: 4 }, () => scriptRun(SEALER, [place.log, keyFile]));
    const closed = children.map((child) => once(child, 'close'));
    const first = async (child: (typeof children)[number]) =>
      (await once(createInterface(child.stdout!), 'line'))[0] as string;
    const said = await Promise.all(children.map(first));
    const keys = said.filter((line) => line !== 'locked');
    expect(keys).toHaveLength(1);
    for (const child of children) child.stdin!.end();
    await Promise.all(closed);
    const seals = await expectSealed(place, keys[0]!);
    expect(seals.map(({ number }) => number)).toEqual(seals.map((_, at) => at));
    expect(seals.length).toBeGreaterThan(round);
  }
});

/** The permission model had another option before Node.js 22.13. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

test('under the permission model of Node.js no log is begun or renewed, and the error says why', async () => {
  const place = newPlace();
  append(place, 2);
  const script = `
    import { renewLog, Sealer } from '@evolock/sealed-log';
    const [log, keyFile] = process.argv.slice(1);
    const [origin, reason] = ['example.com/a', 'a reason'];
    for (const work of [
      () => Sealer.open(log, { origin, keyFile }),
      () => Sealer.open(log, { origin, memory: true }),
      () => renewLog(log, { origin, keyFile, reason }),
    ])
      await work().catch(({ code, reason, path, message }) =>
        console.log(JSON.stringify({ code, reason, path, message })),
      );
  `;
  const keyFile = join(place.folder, 'state', 'audit.key');
  // Whatever is allowed, files are not flushed.
  const allowed = ['--allow-addons', '--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker'];
  const flags = ['--no-warnings', PERMISSION, ...allowed];
  const child = scriptRun(script, [place.log, keyFile], undefined, flags);
  const told: unknown[] = [];
  for await (const line of createInterface(child.stdout!)) told.push(JSON.parse(line));
  const refused = {
    code: 'ERR_EVOLOCK_SEALER',
    reason: 'permission-model',
    path: place.log,
    message: expect.stringMatching(/--permission.*run without it/),
  };
  expect(told).toEqual([refused, refused, refused]);
  expect(readdirSync(place.folder)).toEqual(['audit.log']);
});

const noUser = process.platform === 'win32' ? 'Windows has no such modes' : undefined;

test.skipIf(noUser !== undefined).each(['log', 'key'] as const)(
  `while the folder of the %s may not be written to, no number is signed twice, and then it goes on${noUser === undefined ? '' : ` (skipped: ${noUser})`}`,
  async (which) => {
    const { folder, ...rest } = newPlace();
    const state = join(folder, 'state');
    mkdirSync(state);
    const place = { folder, ...rest, keyFile: join(state, 'audit.key') };
    const readOnly = which === 'log' ? folder : state;
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) for (const each of [folder, state]) chownSync(each, NOBODY, NOBODY);
    if (isRoot) process.seteuid!(NOBODY);
    try {
      append(place, 2);
      const sealer = await opened(place, { depth: 3 });
      await sealer.engine.seal();
      const lines = linesOf(place);
      chmodSync(readOnly, 0o500);
      append(place, 2);
      const failed: unknown = await sealer.engine.seal().catch((error: unknown) => error);
      // The files of the log are open; its checkpoint, and each key file, are new ones.
      expect(sealer.errors.length).toBeGreaterThan(0);
      if (which === 'key') {
        expect(failed).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE' });
        expect(linesOf(place)).toEqual(lines);
        await expect(sealer.engine.close(false)).rejects.toThrow();
        await expect(new Opened(place).open()).rejects.toMatchObject({
          code: 'ERR_EVOLOCK_IO_FILE',
        });
      } else expect(failed).toMatchObject({ number: 1 });
      chmodSync(readOnly, 0o700);
      if (which === 'key') {
        for (const name of readdirSync(state))
          if (name.endsWith('.evolock-lock')) rmSync(join(state, name));
      }
      const next = which === 'key' ? await opened(place) : sealer;
      await next.engine.seal();
      await next.engine.close(true);
      expect((await expectSealed(place, sealer.engine.verifierKey)).at(-1)!.size).toBe(4);
    } finally {
      if (isRoot) process.seteuid!(0);
    }
  },
);

/** Mounts a file system of some pages. */
const mounted = (folder: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'nr_blocks=32', 'none', folder]);

/** Why no small file system can be mounted here. */
const noMount = ((): string | undefined => {
  if (process.platform !== 'linux') return 'only Linux has tmpfs';
  if (process.getuid?.() !== 0) return 'only root may mount';
  const place = mkdtempSync(join(tmpdir(), 'sealed-log-'));
  try {
    const { status, stderr } = mounted(place);
    if (status !== 0) return String(stderr).trim();
    spawnSync('umount', [place]);
    return undefined;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
})();

/** A place on a file system of some pages. */
function smallPlace(): Place {
  const { folder } = newPlace();
  const small = join(folder, 'small');
  mkdirSync(small);
  expect(mounted(small).status).toBe(0);
  onTestFinished(() => void spawnSync('umount', ['--lazy', small]));
  return placeIn(small);
}

/** Leaves a number of pages. */
function fill(place: Place, left: number): void {
  const file = join(place.folder, 'fill');
  const { bsize } = statfsSync(place.folder);
  try {
    for (;;) appendFileSync(file, Buffer.alloc(bsize));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
  truncateSync(file, Math.max(0, statSync(file).size - left * bsize));
}

test.skipIf(noMount !== undefined).each([false, true])(
  `on a full disk nothing is signed twice, and with room it goes on, after a start: %s${noMount === undefined ? '' : ` (skipped: ${noMount})`}`,
  async (starts) => {
    const outcomes = new Set<unknown>();
    for (let left = 0; left < 8; left += 1) {
      const place = smallPlace();
      append(place, 3);
      let sealer = await opened(place, { depth: 2 });
      for (let made = 0; made < 4; made += 1) await sealer.engine.seal();
      const { verifierKey } = sealer.engine;
      // So that files grow beyond a page.
      const entries = 'a line\n'.repeat(200);
      appendFileSync(place.log, entries);
      fill(place, left);
      const before = linesOf(place);
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const failure = await failureOf(sealer.engine.seal());
        outcomes.add((failure as { code?: unknown } | undefined)?.code);
      }
      const visible = linesOf(place).slice(0, -1);
      expect(visible.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
      if (starts) {
        await sealer.engine.close(false).catch(() => undefined);
        rmSync(join(place.folder, 'fill'));
        for (const name of readdirSync(place.folder))
          if (name.endsWith('.evolock-lock')) rmSync(join(place.folder, name));
        sealer = await opened(place);
      } else rmSync(join(place.folder, 'fill'));
      await sealer.engine.seal();
      await sealer.engine.close(true);
      if (starts) expect(sealer.errors).toEqual([]);
      const whole = visible.filter(
        (line) => line === linesOf(place)[Number(line.split(' ', 1)[0])],
      );
      expect(whole).toEqual(visible);
      expect((await expectSealed(place, verifierKey)).at(-1)!.size).toBe(203);
      expect(
        readdirSync(place.folder).filter((name) => name.endsWith('.evolock-new')),
        String(left),
      ).toEqual([]);
    }
    expect(outcomes.size).toBeGreaterThan(1);
  },
);
