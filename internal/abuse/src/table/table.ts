// Every public function with its arguments. table.test.ts fails where one with parameters is missing.
import {
  receivers as ofValues,
  samples,
  type Details,
  type Kind,
  type Row,
} from '../arguments/kinds.js';
import { connection, heldLock, keyFile } from '../arguments/files-and-sockets.js';
import { agentReceivers, kesAgent } from './kes-agent.js';
import { cardano, cardanoReceivers } from './cardano.js';
import { surface, VERIFY, type Callable } from './surface.js';
import { values } from './values.js';

/** How a function is called. */
export interface Entry extends Details {
  args: readonly Kind[];
  callable: Callable;
  /** A callback must not return a promise, nor, for `'view'`, the view that it was lent. */
  lends?: 'a call' | 'view';
  /** Works on released values too. */
  afterRelease: boolean;
}

const rows: Record<string, Row> = {
  ...values,
  ...cardano,
  ...kesAgent,
};

const receivers: Record<string, Kind> = {
  ...ofValues,
  LockedConnection: connection,
  HeldLock: heldLock,
  KeyFile: keyFile,
  ...cardanoReceivers,
  ...agentReceivers,
};

const LENDS_A_VIEW = /[.#](directSerialise|directDeserialise|withBytes)$/;
const LENDS = /^(directDeserialiseFrom|directSerialiseTo)(Checked)?$|^withMLockedBytes$/;
const AFTER_RELEASE = /^LockedValue#|#get (size|algorithm|algorithmName)$/;

/** Classes whose constructor is private, or takes the slot of an allocator. */
export const UNMADE =
  /^new (Agent|HeldLock|KeyFile|LockedConnection|SignClient|LockedValue|MLockedBytes|MLockedSeed|\w+SigningKey)$/;

/** Functions that are not called with hostile arguments, and why. */
const excluded: readonly (readonly [RegExp, string])[] = [
  [UNMADE, 'other functions make it'],
  [/^(kes-verify )?ed25519\.leaf\./, 'gets what was checked, for composed keys'],
  [/^releaseAll$/, 'releases what the other calls use'],
  [/^(certificate|evolution)Failures?$/, 'verifyHeader gives it what it checked'],
  [/^(notJudgedOf|eraName)$/, 'chooses words, and handles no data of others'],
  [
    /^(allocateSlot|checkLocked|checkSeed)$/,
    'for the packages above, which give it what they checked',
  ],
  [/^headerFunctions$/, 'takes the cryptography of a package'],
  [/^sameBytes$/, 'compares public bytes that were checked'],
  [
    /^(new )?(KesVerify|Bytes|Thread)Pool\b|^(new )?Sealer\b|^(?:renewLog|startHeaderThreads)$/,
    'starts threads: hostile values are in its own tests',
  ],
];

/** Entries for the packages above: their callers have checked the arguments. A function of them may have a row. */
export const INNER = /\/(arguments|system-words|cbor|parts|files|(?:header-)?worker|bytes)$/;
/** Tools for tests, which have errors of their own: their tests have hostile arguments. */
const TOOLS = /\/(memory-scan|test-vectors)$/;

/**
 * The names of the rows that a function can have: its own, that of its namesake in another package when it is of kes-verify,
 * and that of its method in every class.
 */
const namesOf = (name: string) => {
  const plain = name.replace(VERIFY, '');
  return [name, plain, plain.replace(/^.*(?=[#.])/, '')];
};

const takesNothing = ({ call, kind }: Callable) =>
  call.length === 0 && (kind === 'new' || /^[^(]*\(\s*\)/.test(String(call)));

function entryOf(name: string, callable: Callable): Entry | undefined {
  const found = namesOf(name)
    .map((each) => rows[each])
    .find((row) => row !== undefined);
  if (found === undefined && !takesNothing(callable)) return undefined;
  const row: Details = found instanceof Array ? { args: found } : { ...found };
  const args = row.args ?? [];
  const own = callable.kind === 'method' ? receivers[name.replace(/#.*/, '')] : undefined;
  const receiver = row.receiver ?? own;
  if (callable.kind === 'method' && receiver === undefined) return undefined;
  const isSlow = row.slow ?? [...args, receiver].some((kind) => kind?.slow);
  return {
    ...row,
    args,
    callable,
    ...(receiver === undefined ? {} : { receiver }),
    ...(isSlow ? { slow: true } : {}),
    ...(LENDS_A_VIEW.test(name) ? { lends: 'view' } : LENDS.test(name) ? { lends: 'a call' } : {}),
    afterRelease: AFTER_RELEASE.test(name),
  };
}

/** Every public function. */
export const everyCallable = surface(samples);

const found = [...everyCallable].filter(
  ([name, { from }]) => !TOOLS.test(from) && !excluded.some(([which]) => which.test(name)),
);

/** Every function that is called, by name. */
export const table: ReadonlyMap<string, Entry> = new Map(
  found.flatMap(([name, callable]) => {
    const entry = entryOf(name, callable);
    return entry === undefined ? [] : [[name, entry] as const];
  }),
);

/** Public functions with parameters, or methods of a class of which no receiver is known, that have no row. */
export const missing = found
  .filter(([name, { from }]) => !table.has(name) && !INNER.test(from))
  .map(([name]) => name);

const names = new Set(found.flatMap(([name]) => namesOf(name)));
/** Rows of functions that do not exist. */
export const stale = Object.keys(rows).filter((name) => !names.has(name));
