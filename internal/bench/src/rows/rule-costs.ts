/** The cost of each rule that protects secrets. */
import { checkBytes } from '@evolock/direct-serialise/arguments';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { unsoundMemory, zeroCopyCall } from '@evolock/mlocked-bytes/unsound';
import type { Keep } from '../operations/bench-keys.js';
import { often, type Candidate } from '../timing/candidate.js';
import { sodium } from '../operations/bare.js';
import { message } from '../operations/operations.js';
import { measure, type Effort } from '../timing/rounds.js';
import { spreadOf, type Spread } from '../timing/statistics.js';

/** A rule, and its cost each time in microseconds. */
export interface RuleCost {
  readonly rule: string;
  /** Where it applies. */
  readonly when: string;
  readonly cost: Spread;
}

const TIMES = 100;

/** As at the beginning of a run and in the expansion of seeds: a call of a built-in function with so many zeros. */
const room = new Array<number>(1_024).fill(0);
const zeros = new Array<number>(1_536).fill(0);
const nothing = Function.prototype as unknown as () => void;

/** Bytes of a Sum6 key in locked memory. */
const KEY_SIZE = 256;

function rules(keep: Keep): { when: string; candidate: Candidate }[] {
  const noSecret = new Uint8Array(33);
  const noDigest = new Uint8Array(32);
  const bench = sodium.sodium_malloc(KEY_SIZE + 32);
  const bytes = new Uint8Array(bench.buffer, bench.byteOffset, bench.byteLength);
  const overwriteCopy = zeroCopyCall(KEY_SIZE);
  const locked = keep.add(MLockedBytes.newZeroed(32));
  const step = 'once a step, a generation, a read';
  return [
    {
      when: 'once a path of expansions',
      candidate: often('hash over zeros, which overwrites the registers', TIMES, () =>
        sodium.crypto_generichash(noDigest, noSecret),
      ),
    },
    {
      when: step,
      candidate: often('overwriting 12 KiB of the stack', TIMES, () =>
        Reflect.apply(nothing, undefined, zeros),
      ),
    },
    {
      when: step,
      candidate: often('checking that 8 KiB of the stack are free', TIMES, () =>
        Reflect.apply(nothing, undefined, room),
      ),
    },
    {
      when: step,
      candidate: often('zeroing the bench', TIMES, () => bytes.fill(0)),
    },
    {
      when: 'after every copy of a secret',
      candidate: often('copy over zeros, which overwrites the registers', TIMES, () =>
        overwriteCopy(),
      ),
    },
    {
      when: 'every argument of native code',
      candidate: often('checking an argument of bytes', TIMES, () =>
        checkBytes('message', message),
      ),
    },
    {
      when: 'every use of a key',
      candidate: often('checking that a key is alive', TIMES, () => unsoundMemory(locked)),
    },
  ];
}

/** Measures the rules side by side. */
export async function ruleCosts(keep: Keep, effort: Effort): Promise<RuleCost[]> {
  const all = rules(keep);
  const series = await measure(
    all.map(({ candidate }) => candidate),
    effort,
  );
  return series.map(({ name, rounds }, index) => ({
    rule: name,
    when: all[index]!.when,
    cost: spreadOf(rounds),
  }));
}
