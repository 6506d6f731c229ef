import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('abandoned.mjs', import.meta.url));
const TIMES = 6;

interface Found {
  /** How often each operation was ended. */
  readonly ended: Readonly<Record<string, number>>;
  readonly whole: number;
  /** Operations after which scratch memory was not zero. */
  readonly dirty: readonly string[];
  readonly wrong: readonly string[];
  /** Values that were not wiped and that the program does not have. */
  readonly left: number;
}

test.each(['timeout', 'SIGINT'])(
  'after a %s, which runs no finally, the next operation wipes the scratch memory, and all keys are unchanged',
  async (end) => {
    const line = ['--expose-gc', program, String(TIMES), end];
    const { stdout } = await promisify(execFile)(process.execPath, line);
    const { ended, whole, dirty, wrong, left } = JSON.parse(stdout) as Found;
    expect(Object.values(ended)).toEqual(Object.values(ended).map(() => TIMES));
    const attempts = TIMES * Object.keys(ended).length;
    expect({ whole, dirty, wrong, left }).toEqual({
      whole: attempts,
      dirty: [],
      wrong: [],
      left: 0,
    });
  },
);
