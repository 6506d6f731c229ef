// Makes one call with hostile arguments and judges it.
import { closeSync } from 'node:fs';
import { types } from 'node:util';
import type { Socket, Server } from 'node:net';
import { EvolockError } from '@evolock/direct-serialise';
import { LockedConnection } from '@evolock/direct-serialise-io';
import { HeldLock } from '@evolock/direct-serialise-io/files';
import { Agent, ServiceClient, SignClient } from '@evolock/kes-agent';
import { ArgumentError as VerificationError } from '@evolock/kes-verify';
import { MemoryScanError } from '@evolock/memory-scan';
import { LockedValue } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { ArgumentError, ExternalVectorsError, StdioError } from '@evolock/test-vectors';
import { Planted, type Truth, type Hostile } from '../arguments/hostile.js';
import type { Kind } from '../arguments/kinds.js';
import type { Entry } from '../table/table.js';
import type { Callable } from '../table/surface.js';

export type Replaced = ReadonlyMap<number, Hostile>;
export interface Judged {
  position: number;
  kind: Kind;
  is: Truth;
  value: unknown;
  accepted: boolean;
}
export interface Releasable {
  release: () => void;
}

const HANG = Symbol('hang');
/** Codes that a package throws on purpose. The two packages that stand apart have codes of their own. */
const typed = [
  [EvolockError, /^ERR_EVOLOCK_[A-Z_]+$/],
  // The build of kes-verify has a copy of this class, which all of its errors extend.
  [Object.getPrototypeOf(VerificationError), /^ERR_EVOLOCK_[A-Z_]+$/],
  [MemoryScanError, /^ERR_MEMORY_SCAN_[A-Z_]+$/],
  ...[ArgumentError, ExternalVectorsError, StdioError].map((type) => [type, /^[A-Z_]+$/]),
] as readonly [abstract new (...given: never[]) => Error, RegExp][];

/** More milliseconds than any call takes on a busy machine. A scan of this process reads all of its memory. */
const AWAITED_MS = 120_000;
const CLOSED_MS = 300;

/** An agent, or a client of one. */
export interface Closable {
  close: () => Promise<void>;
}

const isClosable = (value: unknown): value is Closable =>
  value instanceof Agent || value instanceof ServiceClient || value instanceof SignClient;

/** The values that a call makes and may lose, and what hostile values can do to it. */
export class Call {
  /** Locked values to be released afterwards. */
  made: Releasable[] = [];
  descriptors: number[] = [];
  sockets: Socket[] = [];
  servers: Server[] = [];
  connections: LockedConnection[] = [];
  /** Agents and their clients. */
  closables: Closable[] = [];
  /** Functions that continue the processes that were stopped for the call. */
  stopped: (() => void)[] = [];
  receiver: unknown = undefined;
  /** Whether a callback was called. */
  invoked = false;
  #slots: Releasable[] = [];
  #planted: unknown[] = [];
  #again: () => unknown = () => undefined;
  #deep = false;

  keep<Value extends Releasable>(value: Value) {
    this.made.push(value);
    return value;
  }

  keepSlot<Slot extends Releasable>(slot: Slot) {
    this.#slots.push(slot);
    return slot;
  }

  /** Records what hostile code throws, and returns it. */
  plant(thrown: unknown) {
    this.#planted.push(thrown);
    return thrown;
  }

  planted(thrown: unknown) {
    return thrown instanceof Planted || this.#planted.includes(thrown);
  }

  setAgain(again: () => unknown) {
    this.#again = again;
  }

  /** Makes the same call again from within the call. */
  again() {
    if (this.#deep) return;
    this.#deep = true;
    try {
      const result = this.#again();
      if (result instanceof Promise)
        void result.then(
          (value) => this.#own(value),
          () => undefined,
        );
      else this.#own(result);
    } catch {
      // Only the outer call is judged.
    } finally {
      this.#deep = false;
    }
  }

  releaseAll() {
    for (const value of this.made) value.release();
  }

  #own(result: unknown) {
    // The result may be a hostile proxy, so no member of it is read.
    if (types.isProxy(result)) return;
    if (result instanceof LockedConnection) this.connections.push(result);
    else if (isClosable(result)) this.closables.push(result);
    else releaseResult(result);
  }

  /** Releases all that the call made and returned. */
  async end(result?: unknown) {
    this.#own(result);
    this.releaseAll();
    for (const slot of this.#slots) slot.release();
    for (const socket of this.sockets) socket.destroy();
    // Repeated, because a call from within may still make a value.
    for (const connection of this.connections) await settled(connection.destroy(), CLOSED_MS);
    for (const closable of this.closables.splice(0)) await settled(closable.close(), CLOSED_MS);
    for (const server of this.servers) server.close();
    for (const fd of this.descriptors.splice(0)) closeSync(fd);
    for (const goOn of this.stopped.splice(0)) goOn();
  }
}

function isOwnSlot(value: object) {
  for (
    let prototype = Object.getPrototypeOf(value);
    prototype;
    prototype = Object.getPrototypeOf(prototype)
  )
    if (['Slot', 'LoggedSlot'].includes(prototype.constructor.name)) return true;
  return false;
}

/** Releases the locked memory that a call returned. */
export function releaseResult(result: unknown, depth = 0) {
  if (typeof result !== 'object' || result === null || types.isProxy(result)) return;
  if (result instanceof HeldLock) result.release();
  else if (result instanceof LockedValue) {
    try {
      result.release();
    } catch {
      // A value of a hostile allocator may throw on release, or may never have been live.
    }
  } else if (!ArrayBuffer.isView(result) && isOwnSlot(result)) releaseSlot(result as Releasable);
  else if (
    depth === 0 &&
    [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(result))
  )
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(result)))
      releaseResult(value, 1);
}

function releaseSlot(slot: Releasable) {
  try {
    slot.release();
  } catch {
    // It belongs to a hostile allocator.
  }
}

/** A result as text, to compare two calls. */
function digest(result: unknown, depth = 0): string {
  if (types.isProxy(result)) return 'a proxy';
  if (types.isUint8Array(result))
    return Buffer.from(Uint8Array.prototype.map.call(result, (byte) => byte)).toString('hex');
  if (result instanceof LockedValue)
    return result.released ? 'released' : Buffer.from(unsoundMemory(result)).toString('hex');
  if (typeof result === 'object' && result !== null && depth === 0)
    return Object.values(Object.getOwnPropertyDescriptors(result))
      .map(({ value }) => digest(value, 1))
      .join();
  if (typeof result === 'object' || typeof result === 'function') return typeof result;
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- no object is left
  return String(result);
}

/** Makes the arguments: valid ones, with hostile ones at some positions (-1 is the receiver). */
async function prepare(call: Call, entry: Entry, replaced: Replaced) {
  const kinds = [entry.receiver, ...(entry.args ?? [])];
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
    truths.push({ position, kind, is, value, accepted: kind.accepts(is, value) });
  }
  const [receiver, ...args] = given;
  call.receiver ??= receiver;
  return { receiver, args, truths };
}

function run(callable: Callable, receiver: unknown, args: unknown[]): unknown {
  const { call, kind, owner } = callable;
  if (kind === 'new') return Reflect.construct(call, args);
  return Reflect.apply(call, kind === 'method' ? receiver : owner, args);
}

/** Awaits a promise of the library, but no thenable of hostile code. */
async function settled(result: unknown, most = AWAITED_MS) {
  if (!(result instanceof Promise)) return result;
  let timer;
  const hang = new Promise((resolve) => {
    timer = setTimeout(() => resolve(HANG), most);
  });
  try {
    return await Promise.race([result, hang]);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns what is wrong with the call; nothing when it did what it has to */
export async function judgedCall(
  callable: Callable,
  entry: Entry,
  replaced: Replaced,
): Promise<string | undefined> {
  const call = new Call();
  let result;
  try {
    const { receiver, args, truths } = await prepare(call, entry, replaced);
    call.setAgain(() => run(callable, receiver, args));
    try {
      result = run(callable, receiver, args);
      if (entry.async === true) result = await settled(result);
    } catch (error) {
      return judgedError(call, error, truths, entry);
    }
    if (result === HANG) return 'hangs';
    const judgement = judgedSuccess(call, entry, truths);
    if (judgement !== undefined) return judgement;
    return await compared(callable, entry, replaced, truths, result);
  } finally {
    if (entry.async === true) {
      // A connection releases its memory when its socket has closed.
      await call.end(result);
      await new Promise((resolve) => setTimeout(resolve, 2));
      await call.end();
    } else void call.end(result);
  }
}

function judgedError(call: Call, error: unknown, truths: readonly Judged[], entry: Entry) {
  // Otherwise the table would not describe a valid call, and no code behind the checks would run.
  if (truths.length === 0 && entry.refuses !== true)
    return `a right call throws: ${String(error).slice(0, 160)}`;
  if (call.planted(error)) return undefined;
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
    if (position === -1 && entry.afterRelease === true) continue;
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
async function compared(
  callable: Callable,
  entry: Entry,
  replaced: Replaced,
  truths: readonly Judged[],
  result: unknown,
) {
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
    expected = run(callable, receiver, args);
    const [left, right] = [digest(result), digest(expected)];
    return left === right
      ? undefined
      : `gives ${left.slice(0, 80)} where plain bytes give ${right.slice(0, 80)}`;
  } finally {
    void call.end(expected);
  }
}
