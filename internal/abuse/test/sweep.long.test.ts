// Every public function with its right arguments, then with every hostile value at every position, then in random calls.
import { mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folder } from '../src/arguments/files-and-sockets.js';
import { everything, type Hostile } from '../src/arguments/hostile.js';
import { Invariants } from '../src/calls/invariants.js';
import { judgedCall, type Replaced } from '../src/calls/judge.js';
import { startSharedAgent } from '../src/table/kes-agent.js';
import { table, type Entry } from '../src/table/table.js';

/** Has a file with the call that is made. When a call ends the process, it remains. */
const journalFolder = mkdtempSync(join(tmpdir(), 'evolock-abuse-'));
const journalPath = join(journalFolder, 'call');
const journal = openSync(journalPath, 'w');
console.log(`The last call is in ${journalPath}.`);
let invariants: Invariants;
const home = process.cwd();

beforeAll(async () => {
  mkdirSync(folder);
  await startSharedAgent();
  invariants = new Invariants();
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(home);
  for (const path of [folder, journalFolder]) rmSync(path, { recursive: true, force: true });
});

/** Makes a call. Returns its faults as lines, and its result. */
async function made(name: string, entry: Entry, replaced: Replaced, right?: string) {
  const given = Array.from(replaced, ([position, value]) => `${position}: ${value.name}`);
  const text = `${name}(${given.join(', ')})`;
  writeSync(journal, text.slice(0, 300).padEnd(300), 0);
  const { fault, result } = await judgedCall(entry, replaced, right);
  const all = [...(fault === undefined ? [] : [fault]), ...invariants.afterCall()];
  return { faults: all.map((each) => `${text}: ${each}`), result };
}

/** The positions of hostile values. -1 is the receiver. */
const positionsOf = ({ receiver, args }: Entry) => [
  ...(receiver === undefined ? [] : [-1]),
  ...args.flatMap((kind, position) => (kind.fixed === true ? [] : [position])),
];

/**
 * A small integer may be an open file descriptor, also of this process's own channels. It is left out, so that nothing is
 * written to it.
 */
const isSomebodys = ({ args }: Entry, position: number, { name }: Hostile) =>
  args[position]?.name === 'descriptor' && /^-?\d{1,5}$/.test(name);

/** Where a call takes milliseconds, a third of the hostile values is used. */
const SLOW_STEP = 3;

test.each([...table])(
  '%s accepts or refuses every hostile value without damage',
  async (name, entry) => {
    const { faults, result } = await made(name, entry, new Map());
    for (const position of positionsOf(entry)) {
      const step = entry.slow === true ? SLOW_STEP : 1;
      for (const [index, value] of everything.entries()) {
        if (index % step !== (position + 1) % step || isSomebodys(entry, position, value)) continue;
        const call = await made(name, entry, new Map([[position, value]]), result);
        faults.push(...call.faults);
      }
    }
    expect([...faults, ...invariants.ofWitnesses()]).toEqual([]);
  },
);

test('random calls with several hostile values each do no damage', async () => {
  const cheap = [...table].filter(([, entry]) => !entry.slow && positionsOf(entry).length > 1);
  const call = fc.constantFrom(...cheap).chain(([name, entry]) => {
    const value = fc.tuple(fc.constantFrom(...positionsOf(entry)), fc.constantFrom(...everything));
    return fc.tuple(fc.constant(name), fc.array(value, { minLength: 2, maxLength: 4 }));
  });
  await fc.assert(
    fc.asyncProperty(call, async ([name, given]) => {
      expect((await made(name, table.get(name)!, new Map(given))).faults).toEqual([]);
    }),
    { numRuns: 20_000, seed: 20_201_222 },
  );
  expect(invariants.ofWitnesses()).toEqual([]);
});
