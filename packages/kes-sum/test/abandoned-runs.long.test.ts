import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('abandoned-runs.mjs', import.meta.url));
const TIMES = 6;

interface Found {
  /** How often each operation was ended from outside. */
  readonly ended: Readonly<Record<string, number>>;
  readonly whole: number;
  /** Operations behind which scratch memory was not zero. */
  readonly dirty: readonly string[];
  readonly wrong: readonly string[];
  /** How often a call from within was refused. */
  readonly refused: number;
  /** Values with content that nobody has. */
  readonly left: number;
}

test.each(['timeout', 'SIGINT'])(
  'operations that %s ends run no finally: the next one wipes what they left, and all keys are whole',
  async (end) => {
    const line = ['--expose-gc', program, String(TIMES), end];
    const { stdout } = await promisify(execFile)(process.execPath, line);
    const { ended, whole, dirty, wrong, refused, left } = JSON.parse(stdout) as Found;
    expect(Object.values(ended)).toEqual(Object.values(ended).map(() => TIMES));
    const attempts = TIMES * Object.keys(ended).length;
    expect({ whole, dirty, wrong, refused, left }).toEqual({
      whole: attempts,
      dirty: [],
      wrong: [],
      refused: attempts,
      left: 0,
    });
  },
);
