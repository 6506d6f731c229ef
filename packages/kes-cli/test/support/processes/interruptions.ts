/** A command that is killed, or refused by the system, at each of its calls in turn. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { inFolder } from '../folder.js';
import { endOf, type Interruption } from './stopped-run.js';

function namesOfFiles(): string[] {
  const entries = readdirSync(inFolder(), { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** The files of the folder, with content and mode. */
export class Picture {
  readonly #files = namesOfFiles().map((name) => ({
    name,
    content: readFileSync(inFolder(name)),
    mode: statSync(inFolder(name)).mode,
  }));

  /** Removes every file, and writes those of the picture. */
  restore(): void {
    for (const name of namesOfFiles()) rmSync(inFolder(name));
    for (const { name, content, mode } of this.#files)
      writeFileSync(inFolder(name), content, { mode });
  }

  /** Expects that these files have the content of the picture. */
  expectUnchanged(names: readonly string[]): void {
    for (const { name, content } of this.#files) {
      if (names.includes(name)) expect(readFileSync(inFolder(name)), name).toEqual(content);
    }
  }
}

/** The calls that change a folder or a file. The system refuses them too. */
const CHANGES: ReadonlySet<string> = new Set([
  ...['openSync', 'writeSync', 'fsyncSync', 'ftruncateSync', 'fchmodSync'],
  ...['linkSync', 'renameSync', 'unlinkSync'],
]);

/** Interrupts a command at each of its calls in turn, until a run has no such call. Returns the names of the calls. */
export async function atEachCall(
  args: readonly string[],
  prepare: () => void | Promise<void>,
  check: (what: string) => Promise<void>,
): Promise<string[]> {
  const names: string[] = [];
  for (let call = 1; ; call += 1) {
    const interruptions: Interruption[] = ['SIGKILL'];
    for (const interruption of interruptions) {
      await prepare();
      const { code, signal, call: name, stderr } = await endOf(args, call, interruption);
      const what = `${interruption} at ${name} (call ${String(call)})`;
      if (name === '') {
        expect({ code, signal }, what).toEqual({ code: 0, signal: null });
        await check(what);
        return names;
      }
      if (interruption !== 'EIO') expect(signal, what).toBe('SIGKILL');
      // The failure of a call that only cleans up is no error.
      else if (code !== 0) expect(stderr, what).toMatch(/^(kes: warning: .*\n)*kes: error: .*\n$/);
      if (interruption === 'SIGKILL' && CHANGES.has(name)) interruptions.push('EIO');
      if (interruption === 'SIGKILL' && name === 'writeSync') interruptions.push('half');
      names.push(name);
      await check(what);
    }
  }
}
