/** A run of `cosign` that is killed at any system call leaves nothing half written, and the next run has the cosignature. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsIn, killedAt, noStrace, traceOf, visibleCalls } from '@evolock/test-support/strace';
import { expect, test } from 'vitest';
import { readNamedKey } from '../../src/format/key.js';
import { readNote } from '../../src/format/note.js';
import { program, sealedLog } from '../command/sealed-log.js';
import { newPlace } from '../support/engines.js';
import { NotesKey, witnessOf } from '../support/witnesses.js';
import { WitnessServer } from '../support/witness-server.js';

const TRACE = traceOf([
  ...['openat', 'write', 'writev', 'sendto', 'sendmsg', 'pwrite64', 'ftruncate', 'connect'],
  ...['rename', 'renameat', 'renameat2', 'link', 'unlink', 'fsync', 'fchmod'],
]);

const ORIGIN = 'example.com/killed';

/** A log that a witness cosigned at size 3, and that has 4 sealed entries now. */
async function begun() {
  const { folder: parent } = newPlace();
  const [template, folder] = [join(parent, 'template'), join(parent, 'folder')];
  mkdirSync(join(folder, 'safe'), { recursive: true });
  const [log, keyFile, noteKey, policy, out] = [
    'audit.log',
    'safe/log.key',
    'safe/note.key',
    'safe/witnesses',
    'safe/cosigned',
  ].map((name) => join(folder, name)) as [string, string, string, string, string];
  writeFileSync(log, 'one\ntwo\nthree\n');
  const begin = ['init', log, '--origin', ORIGIN, '--key-file', keyFile, '--note-key', noteKey];
  const { stdout } = await sealedLog([...begin, '--depth', '4', '--json']);
  const keys = JSON.parse(stdout) as { verifierKey: string; noteVerifierKey: string };
  const known = Object.assign(new NotesKey(ORIGIN, 1, 1), {
    named: readNamedKey(keys.noteVerifierKey),
  });
  const witness = await new WitnessServer(witnessOf(1), known).listen();
  witness.time = Math.floor(Date.now() / 1000) - 1;
  writeFileSync(policy, `witness w1 ${witness.key.verifierKey} ${witness.url}\nquorum w1\n`);
  const run = ['cosign', log, '--key-file', keyFile, '--note-key', noteKey];
  const cosign = [...run, '--policy', policy, '--out', out];
  expect(await sealedLog(cosign)).toMatchObject({ code: 0, stderr: '' });
  const write = [program, 'write', log, '--key-file', keyFile, '--quiet'];
  expect(spawnSync(process.execPath, write, { input: 'four\n' }).status).toBe(0);
  cpSync(folder, template, { recursive: true });
  const before = { size: witness.size, root: witness.root };
  return {
    folder,
    out,
    cosign,
    witness,
    verify: ['verify', log, '--key', keys.verifierKey, '--checkpoint', out, '--policy', policy],
    /** Puts the log, and what the witness knows of it, back. */
    again: () => {
      rmSync(folder, { recursive: true });
      cpSync(template, folder, { recursive: true });
      Object.assign(witness, before);
    },
  };
}

/** Runs the built command, perhaps under strace. Returns its exit code, or the signal that ended it. */
async function run(args: readonly string[], prefix: readonly string[] = []) {
  const [name = '', ...rest] = [...prefix, process.execPath, program, ...args];
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const child = spawn(name, rest, { stdio: ['ignore', 'ignore', 'inherit'], env });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return signal ?? code;
}

test.skipIf(noStrace !== undefined)(
  `cosign, killed by strace at any system call${noStrace === undefined ? '' : ` (skipped: ${noStrace})`}`,
  async () => {
    const { folder, out, cosign, verify, witness, again } = await begun();
    await using _ = witness;
    const strace = (options: readonly string[]) => [
      ...['strace', '-f', '-y', '--signal=none', ...TRACE, ...options],
    ];
    const log = join(folder, '..', 'strace');
    expect(await run(cosign, strace(['-o', log]))).toBe(0);
    const lines = readFileSync(log, 'utf8');
    const calls = callsIn(lines.replaceAll(/^\d+ +/gm, ''));
    const threads = lines.split('\n').map((line) => line.split(' ', 1)[0]);
    const places = visibleCalls(calls, 0, calls.length).filter((index) => {
      const { line } = calls[index]!;
      return (line.includes(`${folder}/`) || /TCP|socket/.test(line)) && !line.includes('.lock');
    });
    expect(places.length).toBeGreaterThan(12);
    let killed = 0;
    let kept = 0;
    for (const index of places) {
      const what = calls[index]?.line ?? '';
      again();
      // strace counts the calls of each thread separately.
      const ofThread = calls.map((call, at) =>
        threads[at] === threads[index] ? call : { ...call, name: '' },
      );
      if ((await run(cosign, strace(killedAt(ofThread, index)))) === 'SIGKILL') killed += 1;
      const note = readNote(readFileSync(out));
      expect([3, 4], what).toContain(note?.size);
      expect(existsSync(`${out}.chain`), what).toBe(true);
      if (note?.size === 4) kept += 1;
      // What was left is whole and of this log.
      expect(await run(verify), what).toBe(0);
      expect(await run(cosign), what).toBe(0);
      expect(readNote(readFileSync(out))?.size, what).toBe(4);
    }
    expect(killed).toBeGreaterThan(12);
    expect(kept).toBeLessThan(places.length);
  },
);
