// What JSON, files, sockets and mistakes can put in the place of an argument.
import { inspect } from 'node:util';
import { Planted, type Call } from '../calls/call.js';
import * as world from './world.js';

/**
 * A hostile value.
 *
 * - `make`: `good` is the valid value in whose place it is given.
 * - `lets`: what a callback lets escape. `same`: the bytes are the right ones, in another form.
 */
export interface Hostile {
  name: string;
  make: (call: Call, good: unknown) => unknown;
  lets?: 'promise' | 'view';
  same?: true;
}

const hostile = (
  name: string,
  make: Hostile['make'],
  more: Pick<Hostile, 'lets' | 'same'> = {},
): Hostile => ({ name, make, ...more });

const raise = (): never => {
  throw new Planted('planted');
};

const small = [0, -0, 1, -1, 2, 7, 15, 16, 31, 32, 33, 64, 65, 4095, 4096, 65_536];
/** Beyond the sizes that can be allocated. */
const large = [30, 31, 32, 53].map((power) => 2 ** power);
const besideLarge = [2 ** 30 + 1, 2 ** 31 - 1, 2 ** 32 + 1, 2 ** 32 + 32];
const largeNegative = [-(2 ** 31), -(2 ** 53)];
const noSafeIntegers = [1e300, 0.5, 1.5, 31.999, NaN, Infinity, -Infinity, 5e-324];
const numbers = [...small, ...large, ...besideLarge, ...largeNegative, ...noSafeIntegers];

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
  hostile('no bytes at all', () => new Uint8Array(0)),
  hostile('one byte more', (_, good) => Uint8Array.of(...goodBytes(good), 0)),
  hostile('one byte less', (_, good) => goodBytes(good).subarray(1)),
  hostile('Buffer', (_, good) => Buffer.from(goodBytes(good)), { same: true }),
  hostile('bytes at an odd offset', (_, good) => Uint8Array.of(0, ...goodBytes(good)).subarray(1), {
    same: true,
  }),
];

/** A callback. It gets the view that it is lent: the packages lend no other views than these. */
const callback = (
  name: string,
  run: (call: Call, view: Uint8Array | undefined) => unknown,
  lets?: 'promise' | 'view',
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
    lets === undefined ? {} : { lets },
  );

const callbacks = [
  callback('function that does nothing', () => undefined),
  callback('function that throws', raise),
  callback('async function', async () => undefined, 'promise'),
  callback('function that returns the view', (_, view) => view, 'view'),
  callback('function that returns the buffer', (_, view) => view?.buffer, 'view'),
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
const locked = Object.entries(makers).flatMap(([name, make]) => [
  hostile(`live ${name}`, (call) => call.keep(make())),
  hostile(`released ${name}`, () => world.released(make())),
]);

const protocols = [
  hostile('value that pushes nothing', () => ({ directSerialise: () => undefined })),
  hostile('asynchronous value', () => ({ directSerialise: async () => undefined })),
  hostile('value that throws', () => ({ directSerialise: raise })),
  hostile('value that calls again', (call) => ({ directSerialise: () => call.again() })),
  hostile('type that reads nothing', () => ({ directDeserialise: () => 7 })),
  hostile('asynchronous type', () => ({ directDeserialise: async () => 7 })),
  hostile('type that throws', () => ({ directDeserialise: raise })),
  ...[world.sum2Kes, world.compactSum2Kes, world.sum0Kes].map((algorithm) =>
    hostile(algorithm.name, () => algorithm),
  ),
];

/** Options of which one is wrong. */
const options = [
  ...[null, 7, {}].map((allocator) => ({ allocator })),
  ...[0, 3, 8192, '32', null, 1.5].map((alignment) => ({ alignment })),
  ...[1.5, '0', null, NaN, -1, 4, 2 ** 32, 2 ** 53].map((period) => ({ period })),
  { timeout: 0 },
  { timeout: '5' },
  { signal: {} },
  { signal: AbortSignal.abort() },
].map((wrong) => hostile(`options ${inspect(wrong)}`, () => ({ ...world.pooled, ...wrong })));

export const everything: readonly Hostile[] = [
  ...primitives,
  ...objects,
  ...byteLikes,
  ...callbacks,
  ...locked,
  ...protocols,
  ...options,
];
