/** A renewal that is killed at any system call goes on when it is called again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { renewLog, Sealer, SealerError } from '@evolock/sealed-log';
import { callsIn, killedAt, noStrace, traceOf, visibleCalls } from '@evolock/test-support/strace';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { append, newPlace, ORIGIN, placeIn, verdictOn, type Place } from '../support/engines.js';
import { packageFolder } from '../support/processes.js';

const TRACE = traceOf([
  ...['openat', 'write', 'pwrite64', 'ftruncate', 'fchmod', 'fchown'],
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat'],
]);

const optionsOf = ({ folder, checkpointFile }: Pick<Place, 'folder' | 'checkpointFile'>) => ({
  ...{ origin: ORIGIN, depth: 1, checkpointFile },
  keyFile: join(folder, 'state', 'audit.key'),
});

const renewal = (place: Place, oldVerifierKey: string, isStolen: boolean) => ({
  ...optionsOf(place),
  origin: `${ORIGIN}/2`,
  reason: 'killed',
  ...(isStolen ? { stolen: true } : { oldVerifierKey }),
});

async function program(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { renewLog } from './src/renewal/renew.ts';
        const [log, options] = process.argv.slice(1);
        await renewLog(log, JSON.parse(options));
      `,
      resolveDir: packageFolder,
      loader: 'ts',
    },
    ...{ bundle: true, write: false, minify: true },
    ...{ format: 'esm', platform: 'node', target: 'node20', packages: 'external' },
  });
  return outputFiles[0]!.text;
}

/** Runs it under strace. Returns its exit code, or the signal that ended it. */
async function run(script: string, args: readonly string[], strace: readonly string[]) {
  const node = [process.execPath, '--input-type=module', '--eval', script, '--', ...args];
  const child = spawn('strace', ['-f', '-y', '--signal=none', ...TRACE, ...strace, ...node], {
    cwd: packageFolder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return signal ?? code;
}

/** The reasons of a log that has not ended, where no time is given. */
const unproved = ['end-unproved'];

test.skipIf(noStrace !== undefined).each([
  ['a log whose key may be stolen', true],
  ['a log whose key is lost', false],
])(
  `%s, killed by strace at any system call${noStrace === undefined ? '' : ` (skipped: ${noStrace})`}`,
  async (_, isStolen) => {
    const { folder: parent } = newPlace();
    const [template, folder] = [join(parent, 'template'), join(parent, 'folder')];
    mkdirSync(template);
    const original = placeIn(template);
    append(original, 3);
    const sealer = await Sealer.open(original.log, optionsOf(original));
    const oldKey = sealer.verifierKey;
    for (let made = 0; made < 3; made += 1) await sealer.seal();
    await sealer.close();
    if (!isStolen) for (const end of ['', '.hint']) rmSync(`${optionsOf(original).keyFile}${end}`);
    const place = placeIn(folder);
    const options = renewal(place, oldKey, isStolen);
    const ofNew = { ...optionsOf(place), origin: options.origin };
    const prepare = (): void => {
      rmSync(folder, { recursive: true, force: true });
      cpSync(template, folder, { recursive: true });
    };
    const script = await program();
    const args = [place.log, JSON.stringify(options)];

    prepare();
    const trace = join(parent, 'trace');
    expect(await run(script, args, ['-o', trace])).toBe(0);
    const calls = callsIn(readFileSync(trace, 'utf8').replaceAll(/^\d+ +/gm, ''));
    // How a lock is taken is tested where locks are made.
    const isOurs = (index: number): boolean => {
      const { line } = calls[index]!;
      return line.includes(`${folder}/`) && !line.includes('evolock-lock');
    };
    const places = visibleCalls(calls, 0, calls.length).filter(isOurs);
    expect(places.length).toBeGreaterThan(30);
    const states = new Set<string>();
    let killed = 0;
    for (const index of places) {
      const what = calls[index]?.line ?? '';
      prepare();
      if ((await run(script, args, killedAt(calls, index))) === 'SIGKILL') killed += 1;
      const [hasKey, hasRecord] = ['', '.renewal'].map((end) =>
        existsSync(`${options.keyFile}${end}`),
      );
      const isRenamed = existsSync(place.log) && readFileSync(place.log, 'utf8').startsWith('{');
      const isReady = readdirSync(folder).some((name) =>
        /^\.audit\.log\..*evolock-new$/.test(name),
      );
      // The old key is erased when the record is there and the new first file is ready.
      if (isStolen && !hasKey)
        expect([hasRecord, isRenamed || isReady], what).toEqual([true, true]);
      states.add(JSON.stringify([hasKey, hasRecord, isRenamed]));
      // A start does not end the renewal: it refuses, unless the old log goes on, or the new one was sealed.
      if (hasRecord && (isRenamed || !hasKey)) {
        const start = await Sealer.open(place.log, ofNew).catch((error: unknown) => error);
        if (start instanceof Sealer) await start.close();
        else expect(start, what).toMatchObject({ reason: 'renewing' });
      }
      const renewed = await renewLog(place.log, options).catch((error: unknown) => {
        // It had come to its end: its record is gone.
        if (!(error instanceof SealerError) && !hasRecord) return undefined;
        throw new Error(what, { cause: error });
      });
      if (renewed !== undefined) expect(renewed.verifierKey, what).toMatch(`${ORIGIN}/2+`);
      const again = renewed ?? { oldVerifierKey: oldKey, oldEnded: isStolen };
      expect([again.oldVerifierKey, again.oldEnded], what).toEqual([oldKey, isStolen]);
      const next = await Sealer.open(place.log, ofNew);
      await next.close();
      const newKey = next.verifierKey;
      const old = `${place.log}.old-1`;
      expect(await verdictOn(place.log, newKey), what).toMatchObject({ reasons: unproved });
      expect(await verdictOn(old, oldKey), what).toMatchObject({
        reasons: isStolen ? [] : unproved,
        ended: isStolen,
      });
      const [line = ''] = readFileSync(place.log, 'utf8').split('\n');
      const { sealedLogRenewed } = JSON.parse(line) as { sealedLogRenewed: Record<string, string> };
      expect(sealedLogRenewed, what).toMatchObject({
        ...{ reason: 'killed', oldLog: 'audit.log.old-1', oldVerifierKey: oldKey },
        oldSeal: readFileSync(`${old}.seals`, 'latin1').split('\n').at(-2),
      });
      const checkpoints = [{ note: sealedLogRenewed['oldCheckpoint'] ?? '' }];
      const { reasons } = await verdictOn(old, oldKey, { checkpoints });
      expect(reasons, what).not.toContain('unverified-checkpoint');
      const names = [...readdirSync(folder), ...readdirSync(join(folder, 'state'))];
      expect(
        names.filter((name) => /evolock|old-2|renewal/.test(name)),
        what,
      ).toEqual([]);
    }
    expect(killed).toBeGreaterThan(places.length / 2);
    expect(states.size).toBeGreaterThan(3);
  },
);
