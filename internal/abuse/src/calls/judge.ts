// Makes one call with hostile arguments and judges it.
import { types } from 'node:util';
import { EvolockError } from '@evolock/direct-serialise';
import { ArgumentError as VerificationError } from '@evolock/kes-verify';
import { MemoryScanError } from '@evolock/memory-scan';
import { LockedValue } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { ArgumentError, ExternalVectorsError, StdioError } from '@evolock/test-vectors';
import type { Hostile, Truth } from '../arguments/hostile.js';
import type { Kind } from '../arguments/kinds.js';
import type { Callable } from '../table/surface.js';
import type { Entry } from '../table/table.js';
import { Call, HANG, Planted, settled } from './call.js';

export type Replaced = ReadonlyMap<number, Hostile>;
interface Judged {
  position: number;
  kind: Kind;
  is: Truth;
  accepted: boolean;
}

/** Codes that a package throws on purpose. The two packages that stand apart have codes of their own. */
const typed = [
  [EvolockError, /^ERR_EVOLOCK_[A-Z_]+$/],
  // The build of kes-verify has a copy of this class, which all of its errors extend.
  [Object.getPrototypeOf(VerificationError), /^ERR_EVOLOCK_[A-Z_]+$/],
  [MemoryScanError, /^ERR_MEMORY_SCAN_[A-Z_]+$/],
  ...[ArgumentError, ExternalVectorsError, StdioError].map((type) => [type, /^[A-Z_]+$/]),
] as readonly [abstract new (...given: never[]) => Error, RegExp][];

/** A result as text, to compare two calls. */
function digest(result: unknown, depth = 0): string {
  if (types.isUint8Array(result)) return Buffer.from(result).toString('hex');
  if (result instanceof LockedValue)
    return result.released ? 'released' : Buffer.from(unsoundMemory(result)).toString('hex');
  if (typeof result === 'object' && result !== null && depth === 0)
    return Object.values(result)
      .map((value) => digest(value, 1))
      .join();
  if (typeof result === 'object' || typeof result === 'function') return typeof result;
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- no object is left
  return String(result);
}

/** Makes the arguments: valid ones, with hostile ones at some positions (-1 is the receiver). */
async function prepare(call: Call, entry: Entry, replaced: Replaced) {
  const kinds = [entry.receiver, ...entry.args];
  const given = [];
  const truths: Judged[] = [];
  for (const [index, kind] of kinds.entries()) {
    const position = index - 1;
    const made = kind?.make(call);
    const good = entry.slow === true && made instanceof Promise ? await made : made;
    const hostile = replaced.get(position);
    if (hostile === undefined || kind === undefined) {
      given.push(good);
      continue;
    }
    if (position === -1) call.receiver = good;
    const { value, is } = hostile.make(call, good);
    given.push(value);
    truths.push({ position, kind, is, accepted: kind.accepts(is, value) });
  }
  const [receiver, ...args] = given;
  call.receiver ??= receiver;
  return { receiver, args, truths };
}

function run({ call, kind, owner }: Callable, receiver: unknown, args: unknown[]): unknown {
  if (kind === 'new') return Reflect.construct(call, args);
  return Reflect.apply(call, kind === 'method' ? receiver : owner, args);
}

/** @returns what is wrong with the call; nothing when it did what it has to */
export async function judgedCall(entry: Entry, replaced: Replaced): Promise<string | undefined> {
  const { callable } = entry;
  const call = new Call();
  let result;
  try {
    const { receiver, args, truths } = await prepare(call, entry, replaced);
    call.setAgain(() => run(callable, receiver, args));
    try {
      result = run(callable, receiver, args);
      if (entry.slow === true) result = await settled(result);
    } catch (error) {
      return judgedError(error, truths, entry);
    }
    if (result === HANG) return 'hangs';
    const judgement = judgedSuccess(call, entry, truths);
    if (judgement !== undefined) return judgement;
    return await compared(entry, truths, result);
  } finally {
    if (entry.slow === true) {
      // A connection releases its memory when its socket has closed.
      await call.end(result);
      await new Promise((resolve) => setTimeout(resolve, 2));
      await call.end();
    } else void call.end(result);
  }
}

function judgedError(error: unknown, truths: readonly Judged[], entry: Entry) {
  // Otherwise the table would not describe a valid call, and no code behind the checks would run.
  if (truths.length === 0 && entry.refuses !== true)
    return `a right call throws: ${String(error).slice(0, 160)}`;
  if (error instanceof Planted) return undefined;
  for (const [type, codes] of typed) {
    if (!(error instanceof type)) continue;
    // Each of these classes has a code.
    const { code } = error as Error & { code: string };
    return codes.test(code) ? undefined : `${type.name} with code ${code}`;
  }
  // Methods of the language throw this for a wrong `this`.
  const byLanguage = truths.some(({ position }) => position === -1 && entry.receiver !== undefined);
  if (byLanguage && error instanceof TypeError) return undefined;
  return `throws without a code: ${String(error).slice(0, 160)}`;
}

function judgedSuccess(call: Call, entry: Entry, truths: readonly Judged[]) {
  for (const { position, kind, is, accepted } of truths) {
    const name = position === -1 ? 'receiver' : `argument ${position}`;
    if (position === -1 && entry.afterRelease) continue;
    if (!accepted && is.released === true && (position !== -1 || kind.holds === true))
      return `succeeds with a released ${name}`;
    if (!accepted && position !== -1)
      return `succeeds with a wrong ${name}, which should be ${kind.name}`;
    const escaped = is.escapes === true || (is.returnsView === true && entry.lends === 'view');
    if (escaped && call.invoked && entry.lends !== undefined)
      return 'lets a promise or a view escape';
  }
  return undefined;
}

/** A call with unusual bytes has to give the same as a call with plain bytes of the same content. */
async function compared(entry: Entry, truths: readonly Judged[], result: unknown) {
  if (
    truths.length === 0 ||
    truths.some(
      ({ is, kind, position }) =>
        position === -1 || is.bytes === undefined || !kind.name.includes('bytes'),
    )
  )
    return undefined;
  const plainly = new Map(
    truths.map(({ position, is }) => [
      position,
      { name: 'plain', make: () => ({ value: Uint8Array.from(is.bytes ?? []), is }) },
    ]),
  );
  const call = new Call();
  let expected;
  try {
    const { receiver, args } = await prepare(call, entry, plainly);
    expected = run(entry.callable, receiver, args);
    const [left, right] = [digest(result), digest(expected)];
    return left === right
      ? undefined
      : `gives ${left.slice(0, 80)} where plain bytes give ${right.slice(0, 80)}`;
  } finally {
    void call.end(expected);
  }
}
