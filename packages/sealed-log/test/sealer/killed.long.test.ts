/** A sealer that is killed at any system call goes on, and each seal line that was visible is the final one of its number. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { callsIn, killedAt, noStrace, traceOf, visibleCalls } from '@evolock/test-support/strace';
import { Sealer } from '@evolock/sealed-log';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { END } from '../../src/format/seal.js';
import {
  append,
  expectSealed,
  failureOf,
  linesOf,
  newPlace,
  Opened,
  ORIGIN,
  placeIn,
  type Place,
} from '../support/engines.js';
import { packageFolder } from '../support/processes.js';

const TRACE = traceOf([
  ...['openat', 'write', 'pwrite64', 'ftruncate', 'fchmod'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat'],
]);

/** The engine on the main thread, since strace counts the calls of each thread. */
async function program(work: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
        import { Engine } from './src/sealer/engine.ts';
        import { keyMaker } from './src/keys/key-file.ts';
        const [log, keyFile, verifierKey] = process.argv.slice(1);
        const append = (count) => { for (; count > 0; count -= 1) appendFileSync(log, 'a line\\n'); };
        const open = async () => {
          const engine = await Engine.open(log, {
            origin: ${JSON.stringify(ORIGIN)}, keyFile, interval: 1000, heartbeat: 1000, settle: 0, rotated: 'audit.log.*', hashes: true,
          }, {
            now: () => 1795000000000, elapsed: () => 0, uptime: () => 0, newKey: keyMaker(${JSON.stringify(ORIGIN)}, 1), first: 0, tell: () => undefined,
          });
          writeFileSync(verifierKey, engine.verifierKey);
          return engine;
        };
        ${work}
      `,
      resolveDir: packageFolder,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    minify: true,
  });
  return outputFiles[0]!.text;
}

const ROTATED = { settle: 0, rotated: 'audit.log.*' };

/** What a sealer does, whether it has sealed three lines before, and its program. */
const WORKS: readonly (readonly [string, boolean, string])[] = [
  [
    'a new log, seals, a succession and a clean close',
    false,
    `const engine = await open();
     for (const count of [0, 2]) { append(count); await engine.seal(); }
     append(1);
     await engine.close(false);`,
  ],
  [
    'a start with a line to append, and the end',
    true,
    `const engine = await open(); append(1); await engine.seal(); await engine.close(true);`,
  ],
  [
    'two rotations, with a start between',
    true,
    `let engine = await open(); append(1);
     const rotate = (names) => names.reduce((to, from) => (renameSync(from, to), from));
     rotate([log + '.1', log]); append(2); await engine.seal();
     await engine.close(false);
     engine = await open();
     rotate([log + '.2', log + '.1', log]); append(1); await engine.seal(); await engine.close(true);`,
  ],
];

interface Run {
  readonly place: Place;
  readonly signal: string | null;
  readonly code: number | null;
}

async function runIn(folder: string, script: string, prefix: readonly string[]): Promise<Run> {
  const place = placeIn(folder);
  const args = [place.log, place.keyFile, join(folder, 'verifier')];
  const command = [...prefix, process.execPath, '--input-type=module', '--eval', script, ...args];
  const child = spawn(command[0]!, command.slice(1), {
    cwd: packageFolder,
    stdio: 'ignore',
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { place, code, signal };
}

test.skipIf(noStrace !== undefined).each(WORKS)(
  `%s, killed by strace at any system call${noStrace === undefined ? '' : ` (skipped: ${noStrace})`}`,
  async (_, goesOn, work) => {
    const { folder } = newPlace();
    const working = await program(work);
    const prepare = async (): Promise<void> => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      if (!goesOn) return;
      const place = placeIn(folder);
      const { engine } = await new Opened(place).open({ ...ROTATED, checkpointFile: undefined });
      append(place, 3);
      await engine.seal();
      await engine.close(false);
    };
    const strace = (options: readonly string[]) => [
      'strace',
      '-f',
      '-y',
      '--signal=none',
      ...TRACE,
      ...options,
    ];
    await prepare();
    const log = `${folder}.strace`;
    onTestFinished(() => rmSync(log, { force: true }));
    expect((await runIn(folder, working, strace(['-o', log]))).code).toBe(0);
    const calls = callsIn(readFileSync(log, 'utf8').replaceAll(/^\d+ +/gm, ''));
    // -y shows the files of descriptors. How a lock is taken is tested where locks are made.
    const isOurs = (index: number): boolean => {
      const { line } = calls[index]!;
      return line.includes(`${folder}/`) && !/verifier|evolock-lock\./.test(line);
    };
    const places = visibleCalls(calls, 0, calls.length).filter(isOurs);
    expect(places.length).toBeGreaterThan(20);
    let killed = 0;
    for (const index of places) {
      const what = calls[index]?.line ?? '';
      await prepare();
      const { place, signal } = await runIn(folder, working, strace(killedAt(calls, index)));
      if (signal === 'SIGKILL') killed += 1;
      const visible = linesOf(place).slice(0, -1);
      const next = new Opened(place);
      const refused = await failureOf(next.open(ROTATED));
      if (refused === undefined) {
        expect(next.errors, what).toEqual([]);
        await next.engine.seal();
        await next.engine.close(true);
      } else expect(refused, what).toMatchObject({ reason: 'ended' });
      // What was visible is the beginning of what there is, byte for byte.
      expect(linesOf(place).slice(0, visible.length), what).toEqual(visible);
      const verifierKey =
        refused === undefined
          ? next.engine.verifierKey
          : readFileSync(join(folder, 'verifier'), 'latin1');
      expect((await expectSealed(place, verifierKey)).at(-1)!.flags & END, what).toBe(END);
      expect(existsSync(place.keyFile), what).toBe(false);
      expect(
        readdirSync(folder).filter((name) => name.includes('evolock')),
        what,
      ).toEqual([]);
    }
    expect(killed).toBeGreaterThan(places.length / 2);
  },
);

const NAMESPACES = [
  ...['--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--uts', '--net'],
  '--kill-child=SIGKILL',
];

function whyNoContainer(): string | undefined {
  const { error, status, stderr } = spawnSync('unshare', [...NAMESPACES, 'true']);
  if (error !== undefined) return 'unshare is not installed';
  return status === 0 ? undefined : String(stderr).split('\n', 1)[0];
}

const noContainer = whyNoContainer();

test.skipIf(noContainer !== undefined)(
  `a sealer of another container is refused while one runs, and goes on after its kill${noContainer === undefined ? '' : ` (skipped: ${noContainer})`}`,
  async () => {
    const place = newPlace();
    append(place, 2);
    const options = {
      ...{ origin: ORIGIN, depth: 1, checkpointFile: place.checkpointFile },
      keyFile: join(place.folder, 'state', 'audit.key'),
      noteKeyFile: join(place.folder, 'state', 'note.key'),
    };
    const script = `
      import { Sealer } from '@evolock/sealed-log';
      const sealer = await Sealer.open(${JSON.stringify(place.log)}, ${JSON.stringify(options)});
      await sealer.seal();
      console.log(sealer.verifierKey);
      setInterval(() => undefined, 1_000_000);
    `;
    const command = [process.execPath, '--input-type=module', '--eval', script];
    const child = spawn('unshare', [...NAMESPACES, ...command], {
      cwd: packageFolder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [key] = (await once(child.stdout, 'data')) as [Buffer];
    await expect(Sealer.open(place.log, options)).rejects.toMatchObject({ reason: 'locked' });
    child.kill('SIGKILL');
    await once(child, 'close');
    const sealer = await Sealer.open(place.log, options);
    expect(sealer.verifierKey).toBe(String(key).trim());
    await sealer.close({ end: true });
    await expectSealed(place, sealer.verifierKey);
    const names = [...readdirSync(place.folder), ...readdirSync(join(place.folder, 'state'))];
    expect(names.filter((name) => name.includes('evolock'))).toEqual([]);
  },
);
