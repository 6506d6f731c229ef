// Makes one call with hostile arguments and judges it.
import { types } from 'node:util';
import { EvolockError } from '@evolock/direct-serialise';
import { LockedValue } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import type { Hostile } from '../arguments/hostile.js';
import { memberOf, type Kind } from '../arguments/kinds.js';
import type { Entry } from '../table/table.js';
import { Call, HANG, Planted, settled } from './call.js';

/** Hostile values by their positions. -1 is the receiver. */
export type Replaced = ReadonlyMap<number, Hostile>;

/** A hostile value that was given, and what was known of it before the call. */
interface Given {
  position: number;
  hostile: Hostile;
  kind: Kind;
  accepted: boolean;
  released: boolean;
}

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

/** Makes the arguments: valid ones, with hostile ones at some positions. */
export async function prepare(call: Call, entry: Entry, replaced: Replaced) {
  const values = [];
  const given: Given[] = [];
  for (const [index, kind] of [entry.receiver, ...entry.args].entries()) {
    const position = index - 1;
    const made = kind?.make(call);
    const good = entry.slow === true && made instanceof Promise ? await made : made;
    if (position === -1) call.receiver = good;
    const hostile = replaced.get(position);
    if (hostile === undefined || kind === undefined) {
      values.push(good);
      continue;
    }
    const value = hostile.make(call, good);
    values.push(value);
    const released = memberOf(value, 'released') === true;
    given.push({ position, hostile, kind, accepted: kind.accepts(value), released });
  }
  const [receiver, ...args] = values;
  return { receiver, args, given };
}

/** Calls a function of the table. */
export function run(
  { callable }: Pick<Entry, 'callable'>,
  receiver: unknown,
  args: unknown[],
): unknown {
  const { call, kind, owner } = callable;
  if (kind === 'new') return Reflect.construct(call, args);
  return Reflect.apply(call, kind === 'method' ? receiver : owner, args);
}

/** What is wrong with a call, or nothing when it did what it has to, and its result as text. */
export interface Judgement {
  fault?: string | undefined;
  result?: string;
}

/**
 * Makes a call.
 *
 * @param right - The result of the call without hostile values.
 */
export async function judgedCall(
  entry: Entry,
  replaced: Replaced,
  right?: string,
): Promise<Judgement> {
  const call = new Call();
  let result;
  try {
    const { receiver, args, given } = await prepare(call, entry, replaced);
    call.setAgain(() => run(entry, receiver, args));
    try {
      result = run(entry, receiver, args);
      if (entry.slow === true) result = await settled(result);
    } catch (error) {
      return { fault: faultOfError(error, given, entry) };
    }
    if (result === HANG) return { fault: 'hangs' };
    const fault = faultOfSuccess(call, entry, given);
    if (!given.every(({ hostile, kind }) => hostile.same && kind.name === 'bytes'))
      return { fault };
    const text = digest(result);
    if (right === undefined || text === right) return { fault, result: text };
    return { fault: `gives ${text.slice(0, 80)} where the same bytes give ${right.slice(0, 80)}` };
  } finally {
    if (entry.slow === true) {
      // A connection releases its memory when its socket has closed.
      await call.end(result);
      await new Promise((resolve) => setTimeout(resolve, 2));
      await call.end();
    } else void call.end(result);
  }
}

function faultOfError(error: unknown, given: readonly Given[], { refuses, receiver }: Entry) {
  // Otherwise the table would not describe a valid call, and no code behind the checks would run.
  if (given.length === 0 && refuses !== true) return `a right call throws: ${String(error)}`;
  if (error instanceof Planted) return undefined;
  // Methods of the language throw this for a wrong `this`.
  const isOfReceiver = given.some(({ position }) => position === -1 && receiver !== undefined);
  if (isOfReceiver && error instanceof TypeError) return undefined;
  const isTyped = error instanceof EvolockError;
  return isTyped && /^ERR_EVOLOCK_[A-Z_]+$/.test(String(memberOf(error, 'code')))
    ? undefined
    : `throws without a code: ${String(error)}`;
}

function faultOfSuccess(call: Call, { lends, afterRelease }: Entry, given: readonly Given[]) {
  const hasForeignType = given.some(({ kind, accepted }) => kind.name === 'type' && accepted);
  for (const { position, hostile, kind, accepted, released } of given) {
    // Another type reads its own options.
    if (hasForeignType && kind.isOptions === true) continue;
    if (position === -1) {
      if (released && kind.holds === true && !afterRelease) return 'succeeds after the release';
      continue;
    }
    if (!accepted)
      return `succeeds with a wrong argument ${position}, which should be ${kind.name}`;
    const isEscape = hostile.lets === 'promise' || (hostile.lets === 'view' && lends === 'view');
    if (isEscape && call.invoked && lends !== undefined) return 'lets a promise or a view escape';
  }
  return undefined;
}
