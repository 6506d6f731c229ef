/** When any call to the file system fails during a seal, it is tried again, and each seal line that is visible is final. */
import type * as fs from 'node:fs';
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { END } from '../../src/format/seal.js';
import {
  append,
  expectSealed,
  failureOf,
  linesOf,
  newPlace,
  Opened,
  type Place,
} from '../support/engines.js';

type Call = (...values: unknown[]) => unknown;
type Moment = 'before' | 'after' | 'half';

const faults = vi.hoisted(() => ({
  calls: [] as string[],
  failing: Infinity,
  moment: 'before',
  code: 'EIO',
  /** Called before each call. */
  look: undefined as (() => void) | undefined,
}));

vi.mock('node:fs', async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  const faulty = (name: string, call: Call): Call => {
    return (...values) => {
      const look = faults.look;
      faults.look = undefined;
      look?.();
      faults.look = look;
      if (look === undefined) return call(...values);
      faults.calls.push(name);
      if (faults.calls.length !== faults.failing) return call(...values);
      const failure = Object.assign(new Error(`${name}, refused by the test`), {
        code: faults.code,
      });
      const [fd, bytes, offset, length, position] = values as [
        number,
        Uint8Array,
        number,
        number,
        number,
      ];
      if (faults.moment === 'half' && name === 'writeSync')
        call(fd, bytes, offset, Math.floor(length / 2), position);
      if (faults.moment === 'after') call(...values);
      throw failure;
    };
  };
  const names = [
    ...['openSync', 'fstatSync', 'lstatSync', 'readSync', 'writeSync', 'fsyncSync'],
    ...['ftruncateSync', 'fchmodSync', 'linkSync', 'renameSync', 'unlinkSync', 'readdirSync'],
    'statSync',
  ];
  const wrapped = names.map((name) => [name, faulty(name, actual[name as 'openSync'] as Call)]);
  const fsync = (fd: number, done: (error: unknown) => void): void => {
    try {
      faulty('fsync', () => actual.fsyncSync(fd))();
    } catch (error) {
      return done(error);
    }
    done(null);
  };
  return { ...actual, ...(Object.fromEntries(wrapped) as object), fsync };
});

beforeEach(() => {
  faults.look = undefined;
});

/** The seal lines that were ever visible, by number: the file is looked at before each call. */
class Witness {
  readonly #place: Place;
  readonly #seen = new Map<number, string>();

  constructor(place: Place) {
    this.#place = place;
  }

  look(): void {
    for (const line of linesOf(this.#place).slice(0, -1)) {
      const number = Number(line.split(' ', 1)[0]);
      const first = this.#seen.get(number) ?? line;
      expect(line, 'a number has two seals').toBe(first);
      this.#seen.set(number, line);
    }
  }

  /** A visible seal has no key: the key file is at a later number, or is gone. */
  expectNoKeyOf(number: number): void {
    if (!existsSync(this.#place.keyFile) || !this.#seen.has(number)) return;
    const beside = readFileSync(this.#place.keyFile, 'latin1').split('\n')[4] ?? '';
    expect(Number(beside.split(' ', 1)[0])).toBeGreaterThanOrEqual(number);
  }
}

/** This process goes on, so a lock that could not be removed is its own. */
function removeLocks({ folder }: Place): void {
  for (const name of readdirSync(folder))
    if (name.endsWith('.evolock-lock')) rmSync(join(folder, name));
}

type What = 'a seal' | 'a succession' | 'a rotation' | 'the end';

const ROTATED = { depth: 1, settle: 0, rotated: 'audit.log.*' };

async function sealWith(what: What, failing = Infinity, moment: Moment = 'before', code = 'EIO') {
  const place = newPlace();
  const sealer = await new Opened(place).open(ROTATED);
  const { engine } = sealer;
  append(place, 2);
  await engine.seal();
  if (what !== 'a seal') await engine.seal();
  if (what === 'a succession') await engine.seal();
  append(place, 3);
  if (what === 'a rotation') {
    appendFileSync(place.log, 'its last line');
    renameSync(place.log, `${place.log}.1`);
    append(place, 2);
  }
  const witness = new Witness(place);
  Object.assign(faults, {
    calls: [],
    failing,
    moment,
    code,
    look: () => witness.look(),
  });
  const error = await failureOf(what === 'the end' ? engine.close(true) : engine.seal());
  const calls = [...faults.calls];
  faults.look = undefined;
  witness.look();
  const last = Number(linesOf(place).at(-2)?.split(' ', 1)[0]);
  witness.expectNoKeyOf(last);
  return { place, sealer, error, calls, witness };
}

const cases = (['a seal', 'a succession', 'a rotation', 'the end'] as const).flatMap((what) =>
  (['before', 'after', 'half'] as const).map((moment) => [what, moment] as const),
);

test.each(cases)(
  'when any call fails during %s (%s its effect), it is told, tried again, and nothing is signed twice',
  async (what, moment) => {
    const { calls } = await sealWith(what);
    expect(calls).toContain('fsync');
    for (const [index, call] of calls.entries()) {
      // What a read found does not matter when it reports a failure.
      if (moment === 'after' && /^(?:read|fstat|lstat|stat)/.test(call)) continue;
      if (moment === 'half' && call !== 'writeSync') continue;
      const code = moment === 'half' ? 'ENOSPC' : 'EIO';
      const { place, sealer, error, witness } = await sealWith(what, index + 1, moment, code);
      const note = `${call} (call ${String(index + 1)}): ${String(error)}`;
      const { engine } = sealer;
      if (error !== undefined) expect(sealer.errors.length, note).toBeGreaterThan(0);
      if (what !== 'the end') {
        // The next tick ends it.
        await engine.tick();
        append(place);
        await engine.seal();
        await engine.close(false);
      }
      witness.look();
      removeLocks(place);
      const again = new Opened(place);
      const refused = await failureOf(again.open(ROTATED));
      if (refused === undefined) await again.engine.close(what === 'the end');
      else expect(refused, note).toMatchObject({ reason: 'ended' });
      witness.look();
      const seals = await expectSealed(place, engine.verifierKey);
      if (what === 'the end') expect((seals.at(-1)!.flags & END) !== 0, note).toBe(true);
    }
  },
);

test('with a full disk nothing new is signed, and the seal leaves when there is room', async () => {
  const place = newPlace();
  const sealer = await new Opened(place).open({ depth: 3 });
  await sealer.engine.seal();
  const before = linesOf(place);
  const { calls } = await sealWith('a seal');
  const first = calls.indexOf('writeSync') + 1;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    Object.assign(faults, {
      calls: [],
      failing: first,
      moment: 'before',
      code: 'ENOSPC',
      look: () => undefined,
    });
    await expect(sealer.engine.seal()).rejects.toThrow();
    faults.look = undefined;
  }
  expect(linesOf(place)).toEqual(before);
  appendFileSync(place.log, 'x\n');
  await sealer.engine.seal();
  await sealer.engine.close(false);
  const numbers = (await expectSealed(place, sealer.engine.verifierKey)).map(
    ({ number }) => number,
  );
  expect(numbers).toEqual(numbers.map((_, at) => at));
});
