// What JSON, files, sockets and mistakes can put in the place of an argument.
import { inspect } from 'node:util';
import type { KesAlgorithm } from '@evolock/kes-sum';
import { Planted, type Call } from '../calls/call.js';
import * as world from './world.js';

/** What is wrong with options. */
export type Flaw = 'allocator' | 'alignment' | 'period' | 'time';

/**
 * What a value is, where a look at it does not tell: it decides whether a call may succeed with it.
 *
 * - `bytes`: the content of genuine bytes. `locked`: the class of a locked value, `size` that of its memory.
 * - `escapes`: a callback that returns a promise. `returnsView`: one that returns what it was lent.
 */
export interface Truth {
  bytes?: Uint8Array;
  escapes?: boolean;
  returnsView?: boolean;
  locked?: string;
  size?: number;
  released?: boolean;
  serialisable?: boolean;
  type?: boolean;
  algorithm?: KesAlgorithm;
  flaw?: Flaw;
}

/** A hostile value. `good` is the valid value in whose place it is given. */
export interface Hostile {
  name: string;
  make: (call: Call, good: unknown) => { value: unknown; is: Truth };
}

const hostile = <Value>(
  name: string,
  build: (call: Call, good: unknown) => Value,
  is: Truth | ((value: Value, good: unknown) => Truth) = {},
): Hostile => ({
  name,
  make(call, good) {
    const value = build(call, good);
    return { value, is: typeof is === 'function' ? is(value, good) : is };
  },
});

const raise = (): never => {
  throw new Planted('planted');
};

const small = [0, -0, 1, -1, 2, 7, 15, 16, 31, 32, 33, 64, 65, 4095, 4096, 65_536];
/** Beyond the sizes that can be allocated. */
const large = [30, 31, 32, 53].map((power) => 2 ** power);
const numbers = [
  ...[...small, ...large, 2 ** 30 + 1, 2 ** 31 - 1, 2 ** 32 + 1, 2 ** 32 + 32, 1e300],
  ...[-(2 ** 31), -(2 ** 53), 0.5, 1.5, 31.999, NaN, Infinity, -Infinity, 5e-324],
];

const primitives = [
  ...[undefined, null, true, false, ...numbers].map((value) => hostile(String(value), () => value)),
  ...['', 'text', '32', '\0', 'x'.repeat(10_000)].map((text) =>
    hostile(`text of ${text.length}`, () => text),
  ),
  hostile('bigint', () => 32n),
];

const objects = [
  hostile('{}', () => ({})),
  hostile('object without prototype', () => Object.create(null)),
  hostile('array [32]', () => [32]),
  hostile('Date', () => new Date(0)),
  hostile('Map', () => new Map([['allocator', 7]])),
  hostile('promise', () => Promise.resolve(32)),
];

/** A copy of the bytes of a view. Every view that is a valid argument is a `Uint8Array`. */
const goodBytes = (good: unknown) =>
  ArrayBuffer.isView(good) ? new Uint8Array(good as Uint8Array) : world.secret(32);

function detached(size: number) {
  const bytes = new Uint8Array(size);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

/** Genuine bytes, made of the right ones. */
const bytesOf = (name: string, build: (right: Uint8Array) => Uint8Array) =>
  hostile(
    name,
    (_, good) => build(goodBytes(good)),
    (value) => ({ bytes: new Uint8Array(value) }),
  );

const byteLikes = [
  hostile('ArrayBuffer', (_, good) => goodBytes(good).buffer),
  hostile('SharedArrayBuffer', () => new SharedArrayBuffer(32)),
  hostile('DataView', (_, good) => new DataView(goodBytes(good).buffer)),
  hostile('Uint16Array', () => new Uint16Array(32)),
  hostile('array of bytes', (_, good) => [...goodBytes(good)]),
  hostile(
    'shared bytes',
    (_, good) => new Uint8Array(new SharedArrayBuffer(goodBytes(good).length)),
  ),
  hostile(
    'resizable bytes',
    (_, good) => new Uint8Array(new ArrayBuffer(goodBytes(good).length, { maxByteLength: 4096 })),
  ),
  hostile('detached bytes', (_, good) => detached(goodBytes(good).length)),
  bytesOf('no bytes at all', () => new Uint8Array(0)),
  bytesOf('one byte more', (right) => Uint8Array.of(...right, 0)),
  bytesOf('one byte less', (right) => right.subarray(1)),
  bytesOf('Buffer', (right) => Buffer.from(right)),
  bytesOf('bytes at an odd offset', (right) => {
    const memory = new Uint8Array(right.length + 3);
    memory.set(right, 1);
    return memory.subarray(1, 1 + right.length);
  }),
];

/** A callback. It gets the view that it is lent: the packages lend no other views than these. */
const callback = (
  name: string,
  run: (call: Call, view: Uint8Array | undefined) => unknown,
  is: Truth = {},
) =>
  hostile(
    name,
    (call) =>
      function (...given: unknown[]): unknown {
        call.invoked = true;
        return run(
          call,
          given.find((each): each is Uint8Array => ArrayBuffer.isView(each)),
        );
      },
    is,
  );

const callbacks = [
  callback('function that does nothing', () => undefined),
  callback('function that throws', raise),
  callback('async function', async () => undefined, { escapes: true }),
  callback('function that returns the view', (_, view) => view, { returnsView: true }),
  callback('function that returns the buffer', (_, view) => view?.buffer, { returnsView: true }),
  callback('function that releases everything', (call) => call.releaseAll()),
  callback('function that releases, then throws', (call) => (call.releaseAll(), raise())),
  callback('function that updates the key', ({ receiver }) =>
    (receiver as { update?: () => unknown } | undefined)?.update?.(),
  ),
  callback('function that calls again', (call) => call.again()),
  callback('function that fills what it is lent', (_, view) => {
    if (view !== undefined && view.byteLength > 0) view.fill(255);
  }),
];

/** Locked values of every class. */
const makers = {
  bytes: () => world.lockedBytes(),
  bytes16: () => world.lockedBytes(16),
  seed: () => world.seed(),
  seed16: () => world.seed(16),
  ed25519: () => world.keyOf(world.ed25519),
  vrf: () => world.vrfKey(),
  extended: () => world.extendedKey(),
  single: () => world.keyOf(world.sum0Kes),
  sum: () => world.keyOf(world.sum2Kes),
};
const locked = Object.entries(makers).flatMap(([name, make]) => {
  const truth = (value: object): Truth => ({
    locked: name.replace('16', ''),
    size: 'size' in value ? Number(value.size) : 0,
    serialisable: true,
  });
  const released = () => {
    const value = make();
    value.release();
    return value;
  };
  return [
    hostile(`live ${name}`, (call) => call.keep(make()), truth),
    hostile(`released ${name}`, released, (value) => ({ ...truth(value), released: true })),
  ];
});

const protocols = [
  hostile('value that pushes nothing', () => ({ directSerialise: () => undefined }), {
    serialisable: true,
  }),
  hostile('asynchronous value', () => ({ directSerialise: async () => undefined })),
  hostile('value that throws', () => ({ directSerialise: raise }), { serialisable: true }),
  hostile('value that calls again', (call) => ({ directSerialise: () => call.again() }), {
    serialisable: true,
  }),
  hostile('type that reads nothing', () => ({ directDeserialise: () => 7 }), { type: true }),
  hostile('asynchronous type', () => ({ directDeserialise: async () => 7 })),
  hostile('type that throws', () => ({ directDeserialise: raise }), { type: true }),
  ...[world.sum2Kes, world.compactSum2Kes, world.sum0Kes].map((algorithm) =>
    hostile(algorithm.name, () => algorithm, { algorithm, type: true }),
  ),
];

const optionsWith = (name: string, value: unknown, flaw: Flaw) =>
  hostile(`${name} ${inspect(value)}`, () => ({ ...world.pooled, [name]: value }), { flaw });

const options = [
  ...[null, 7, {}].map((value) => optionsWith('allocator', value, 'allocator')),
  ...[0, 3, 8192, '32', null, 1.5].map((value) => optionsWith('alignment', value, 'alignment')),
  ...[1.5, '0', null, NaN, -1, 4, 2 ** 32, 2 ** 53].map((value) =>
    optionsWith('period', value, 'period'),
  ),
  ...[0, '5'].map((value) => optionsWith('timeout', value, 'time')),
  optionsWith('signal', {}, 'time'),
  hostile('signal aborted', () => ({ signal: AbortSignal.abort() }), { flaw: 'time' }),
];

export const everything: readonly Hostile[] = [
  ...primitives,
  ...objects,
  ...byteLikes,
  ...callbacks,
  ...locked,
  ...protocols,
  ...options,
];
