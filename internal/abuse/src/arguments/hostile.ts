// What JSON, files, sockets and mistakes can put in the place of an argument. `is` says what each value really is, which decides whether a call may succeed with it.
import type { KesAlgorithm } from '@evolock/kes-sum';
import { Planted, type Call } from '../calls/call.js';
import * as world from './world.js';

/** What a value really is. A kind of argument accepts some of these. */
export interface Truth {
  undefined?: boolean;
  bytes?: Uint8Array;
  integer?: number;
  text?: string;
  fn?: boolean;
  escapes?: boolean;
  object?: boolean;
  locked?: string;
  size?: number;
  serialisable?: boolean;
  type?: boolean;
  algorithm?: KesAlgorithm;
  released?: boolean;
  returnsView?: boolean;
  badOptions?: boolean;
  badAlignment?: boolean;
  badPeriod?: boolean;
  badTime?: boolean;
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

/** A copy of the bytes of a view. Every view that is a valid argument is a `Uint8Array`. */
const goodBytes = (good: unknown) =>
  ArrayBuffer.isView(good) ? new Uint8Array(good as Uint8Array) : world.secret(32);
const raise = (call: Call): never => {
  throw call.plant(new Planted('planted'));
};

const small = [0, -0, 1, -1, 2, 7, 15, 16, 31, 32, 33, 64, 65, 4095, 4096, 65_536];
/** Beyond the sizes that can be allocated. */
const large = [
  2 ** 30 + 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 32 + 1,
  2 ** 32 + 32,
  2 ** 53,
  1e300,
];
const numbers = [...small, ...large, -(2 ** 31), -(2 ** 53)].map((number) =>
  hostile(String(number), () => number, { integer: number }),
);

const oddNumbers = [0.5, 1.5, 31.999, NaN, Infinity, -Infinity, 5e-324].map((number) =>
  hostile(String(number), () => number),
);

const primitives = [
  hostile('undefined', () => undefined, { undefined: true }),
  hostile('null', () => null),
  hostile('true', () => true),
  hostile('false', () => false),
  ...['', 'text', '32', '\0', 'x'.repeat(10_000)].map((text) =>
    hostile(`text of ${text.length}`, () => text, { text }),
  ),
  hostile('bigint', () => 32n),
  hostile('symbol', () => Symbol('hostile')),
];

const plain = { object: true };
const objects = [
  hostile('{}', () => ({}), plain),
  hostile('object without prototype', () => Object.create(null), plain),
  hostile('array [32]', () => [32], plain),
  hostile('Date', () => new Date(0), plain),
  hostile('Map', () => new Map([['allocator', 7]]), plain),
  hostile('promise', () => Promise.resolve(32), plain),
];

function detached(size: number) {
  const bytes = new Uint8Array(size);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
const trueBytes = (_value: unknown, good: unknown) => ({
  bytes: goodBytes(good),
  object: true,
});
const noBytes = { object: true };

const byteLikes = [
  hostile('ArrayBuffer', (_, good) => goodBytes(good).buffer, noBytes),
  hostile('SharedArrayBuffer', () => new SharedArrayBuffer(32), noBytes),
  hostile('DataView', (_, good) => new DataView(goodBytes(good).buffer), noBytes),
  hostile('Uint16Array', () => new Uint16Array(32), noBytes),
  hostile('array of bytes', (_, good) => [...goodBytes(good)], noBytes),
  hostile(
    'object with the properties of bytes',
    () => ({ buffer: new ArrayBuffer(32), byteOffset: 0, byteLength: 32, length: 32 }),
    noBytes,
  ),
  hostile(
    'shared bytes',
    (_, good) => new Uint8Array(new SharedArrayBuffer(goodBytes(good).length)),
    noBytes,
  ),
  hostile(
    'resizable bytes',
    (_, good) => new Uint8Array(new ArrayBuffer(goodBytes(good).length, { maxByteLength: 4096 })),
    noBytes,
  ),
  hostile('detached bytes', (_, good) => detached(goodBytes(good).length), noBytes),
  hostile('no bytes at all', () => new Uint8Array(0), { bytes: new Uint8Array(0), object: true }),
  hostile(
    'one byte more',
    (_, good) => Uint8Array.of(...goodBytes(good), 0),
    (value) => ({ bytes: new Uint8Array(value), object: true }),
  ),
  hostile(
    'one byte less',
    (_, good) => goodBytes(good).subarray(1),
    (value) => ({ bytes: new Uint8Array(value), object: true }),
  ),
  hostile('Buffer', (_, good) => Buffer.from(goodBytes(good)), trueBytes),
  hostile(
    'bytes at an odd offset',
    (_, good) => {
      const bytes = goodBytes(good);
      const memory = new Uint8Array(bytes.length + 3);
      memory.set(bytes, 1);
      return memory.subarray(1, 1 + bytes.length);
    },
    trueBytes,
  ),
];

const isFn = { fn: true };
const escapes = { fn: true, escapes: true };
const called = (call: Call, run: (given: readonly unknown[]) => unknown) =>
  function (...given: unknown[]): unknown {
    call.invoked = true;
    return run(given);
  };
/** The view that a callback was lent. The packages lend no other views than these. */
const firstView = (given: readonly unknown[]) =>
  given.find((each): each is Uint8Array<ArrayBuffer> => ArrayBuffer.isView(each));

const functions = [
  hostile('function that does nothing', (call) => called(call, () => undefined), isFn),
  hostile('function that throws', (call) => called(call, () => raise(call)), isFn),
  hostile('async function', (call) => called(call, async () => undefined), escapes),
  hostile(
    'function that returns a thenable',
    (call) => called(call, () => ({ then: (done?: () => void) => done?.() })),
    escapes,
  ),
  hostile('function that returns the view', (call) => called(call, (given) => firstView(given)), {
    fn: true,
    returnsView: true,
  }),
  hostile(
    'function that returns the buffer',
    (call) => called(call, (given) => firstView(given)?.buffer),
    { fn: true, returnsView: true },
  ),
  hostile(
    'function that releases everything',
    (call) => called(call, () => call.releaseAll()),
    isFn,
  ),
  hostile(
    'function that releases, then throws',
    (call) => called(call, () => (call.releaseAll(), raise(call))),
    isFn,
  ),
  hostile(
    'function that updates the key',
    (call) =>
      called(call, () => (call.receiver as { update?: () => unknown } | undefined)?.update?.()),
    isFn,
  ),
  hostile('function that calls again', (call) => called(call, () => call.again()), isFn),
  hostile(
    'function that fills what it is lent',
    (call) =>
      called(call, (given) => {
        const view = firstView(given);
        if (view !== undefined && view.byteLength > 0) view.fill(255);
      }),
    isFn,
  ),
];

/** Locked values of every class, live and released, and objects that imitate them. */
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
type Locked = ReturnType<(typeof makers)[keyof typeof makers]>;
const sizeOf = (value: Locked) => ('size' in value ? value.size : 0);
const truthOf = (name: string, value: Locked) => ({
  object: true,
  locked: name.replace('16', ''),
  size: sizeOf(value),
  ...('directSerialise' in value ? { serialisable: true } : {}),
  ...('algorithm' in value ? { algorithm: value.algorithm } : {}),
});
const locked = Object.entries(makers).flatMap(([name, make]) => [
  hostile(
    `live ${name}`,
    (call) => call.keep(make()),
    (value) => {
      const { algorithm: _, ...truth } = truthOf(name, value);
      return truth;
    },
  ),
  hostile(
    `released ${name}`,
    () => {
      const value = make();
      value.release();
      return value;
    },
    (value) => ({
      object: true,
      released: true,
      locked: name.replace('16', ''),
      size: sizeOf(value),
      serialisable: true,
    }),
  ),
]);
const duck = { object: true, serialisable: true };
const serialisables = [
  hostile('value that pushes nothing', () => ({ directSerialise: () => undefined }), duck),
  hostile(
    'value that pushes shared bytes',
    () => ({
      directSerialise: (push: (block: unknown) => void) =>
        push(new Uint8Array(new SharedArrayBuffer(32))),
    }),
    plain,
  ),
  hostile('asynchronous value', () => ({ directSerialise: async () => undefined }), plain),
  hostile('value that throws', (call) => ({ directSerialise: () => raise(call) }), duck),
  hostile('value that calls again', (call) => ({ directSerialise: () => call.again() }), duck),
  hostile('type that reads nothing', () => ({ directDeserialise: () => 7 }), {
    object: true,
    type: true,
  }),
  hostile('asynchronous type', () => ({ directDeserialise: async () => 7 }), plain),
  hostile('type that throws', (call) => ({ directDeserialise: () => raise(call) }), {
    object: true,
    type: true,
  }),
  hostile(
    'type that releases and calls again',
    (call) => ({ directDeserialise: () => (call.releaseAll(), call.again(), 7) }),
    { object: true, type: true },
  ),
];

const bad = { object: true, badOptions: true };
const options = [
  hostile('allocator null', () => ({ allocator: null }), bad),
  hostile('allocator 7', () => ({ allocator: 7 }), bad),
  hostile('allocator {}', () => ({ allocator: {} }), bad),
  ...[0, 3, 8192, '32', null, 1.5].map((alignment) =>
    hostile(`alignment ${alignment}`, () => ({ ...world.logged, alignment }), {
      object: true,
      badAlignment: true,
    }),
  ),
  ...[1.5, '0', null, NaN, -1, 4, 2 ** 32, 2 ** 53].map((period) =>
    hostile(`period ${period}`, () => ({ ...world.logged, period }), {
      object: true,
      badPeriod: true,
    }),
  ),
  hostile('timeout 0', () => ({ timeout: 0 }), { object: true, badTime: true }),
  hostile('timeout text', () => ({ timeout: '5' }), { object: true, badTime: true }),
  hostile('signal {}', () => ({ signal: {} }), { object: true, badTime: true }),
  hostile('signal aborted', () => ({ signal: AbortSignal.abort() }), {
    object: true,
    badTime: true,
  }),
];

const algorithms = [world.sum2Kes, world.compactSum2Kes, world.sum0Kes].map((algorithm) =>
  hostile(algorithm.name, () => algorithm, { object: true, algorithm, type: true }),
);

export const everything: readonly Hostile[] = [
  ...primitives,
  ...numbers,
  ...oddNumbers,
  ...objects,
  ...byteLikes,
  ...functions,
  ...locked,
  ...serialisables,
  ...options,
  ...algorithms,
];
