// Hostile values. `is` says what each value really is, which decides whether a call may succeed with it.
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import type { KesAlgorithm } from '@evolock/kes-sum';
import type { Call } from '../calls/call.js';
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
  chunk?: boolean;
  serialisable?: boolean;
  type?: boolean;
  algorithm?: KesAlgorithm;
  dsign?: boolean;
  released?: boolean;
  revoked?: boolean;
  pretender?: boolean;
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

/** The error that hostile values throw. A call has to throw it, or an error with it as the cause. */
export class Planted extends Error {}

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

const numbers = [
  ...[0, -0, 1, -1, 2, 7, 15, 16, 31, 32, 33, 64, 65, 4095, 4096, 65_536],
  ...[
    2 ** 30 + 1,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    2 ** 32 + 1,
    2 ** 32 + 32,
    2 ** 53,
    -(2 ** 53),
    1e300,
  ],
].map((number) => hostile(String(number), () => number, { integer: number }));

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
/** Its methods are real ones with a wrong `this`. They throw the TypeError of the language. */
const pretender = { object: true, pretender: true };
const trapped = (call: Call) =>
  new Proxy(
    {},
    Object.fromEntries(
      [
        'get',
        'has',
        'getPrototypeOf',
        'ownKeys',
        'getOwnPropertyDescriptor',
        'set',
        'defineProperty',
      ].map((trap) => [trap, () => raise(call)]),
    ),
  );

const objects = [
  hostile('{}', () => ({}), plain),
  hostile('object without prototype', () => Object.create(null), plain),
  hostile('array [32]', () => [32], plain),
  hostile('boxed number', () => Object(32), plain),
  hostile('boxed text', () => Object('32'), plain),
  hostile('Date', () => new Date(0), plain),
  hostile('Map', () => new Map([['allocator', 7]]), plain),
  hostile('RegExp', () => /a/, plain),
  hostile('Error', () => new Error('hostile'), plain),
  hostile('promise', () => Promise.resolve(32), plain),
  hostile('thenable', () => ({ then: () => undefined }), plain),
  hostile('proxy of {}', () => new Proxy({}, {}), plain),
  hostile('proxy that throws', trapped, plain),
  hostile(
    'revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
    // Any access throws the TypeError of the language, which a call may pass on.
    { object: true, revoked: true },
  ),
  hostile(
    'object with valueOf that throws',
    (call) => ({ valueOf: () => raise(call), toString: () => raise(call) }),
    plain,
  ),
  hostile(
    'object with valueOf that calls again',
    (call) => ({ valueOf: () => (call.again(), 32) }),
    plain,
  ),
  hostile(
    'object whose constructor throws',
    (call) => Object.defineProperty({}, 'constructor', { get: () => raise(call) }),
    plain,
  ),
];

/** Node 20 copies memory that it did not allocate. Later versions refuse to transfer it. */
function detach(buffer: ArrayBuffer) {
  try {
    structuredClone(buffer, { transfer: [buffer] });
  } catch (error) {
    if ((error as Error).name !== 'DataCloneError') throw error;
  }
}

function detached(size: number) {
  const bytes = new Uint8Array(size);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
const shadow = (property: string, value: unknown) => (_call: Call, good: unknown) =>
  Object.defineProperty(goodBytes(good), property, { value });
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
  hostile('Uint8ClampedArray', (_, good) => new Uint8ClampedArray(goodBytes(good)), noBytes),
  hostile('Int8Array', (_, good) => new Int8Array(goodBytes(good)), noBytes),
  hostile('BigUint64Array', () => new BigUint64Array(4), noBytes),
  hostile('array of bytes', (_, good) => [...goodBytes(good)], noBytes),
  hostile(
    'object with the properties of bytes',
    () => ({ buffer: new ArrayBuffer(32), byteOffset: 0, byteLength: 32, length: 32 }),
    noBytes,
  ),
  hostile('prototype of bytes', () => Object.create(Uint8Array.prototype), noBytes),
  hostile('proxy of bytes', (_, good) => new Proxy(goodBytes(good), {}), noBytes),
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
  hostile(
    'growable shared bytes',
    () => new Uint8Array(new SharedArrayBuffer(32, { maxByteLength: 64 })),
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
    'bytes of a subclass',
    (_, good) => new (class extends Uint8Array {})(goodBytes(good)),
    trueBytes,
  ),
  hostile(
    'bytes without prototype',
    (_, good) => Object.setPrototypeOf(goodBytes(good), null),
    trueBytes,
  ),
  hostile(
    'bytes with the prototype of DataView',
    (_, good) => Object.setPrototypeOf(goodBytes(good), DataView.prototype),
    trueBytes,
  ),
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
  hostile('shadowed byteLength', shadow('byteLength', 2 ** 31), trueBytes),
  hostile('shadowed byteOffset', shadow('byteOffset', 2 ** 31), trueBytes),
  hostile('shadowed buffer', shadow('buffer', new ArrayBuffer(1)), trueBytes),
  hostile('shadowed length', shadow('length', 2 ** 31), trueBytes),
  hostile(
    'shadowed set and subarray',
    (call, good) =>
      Object.defineProperties(goodBytes(good), {
        set: { value: () => raise(call) },
        subarray: { value: () => raise(call) },
        fill: { value: () => raise(call) },
      }),
    trueBytes,
  ),
  hostile(
    'getter byteLength that throws',
    (call, good) =>
      Object.defineProperty(goodBytes(good), 'byteLength', { get: () => raise(call) }),
    trueBytes,
  ),
  hostile(
    'getter byteLength that releases',
    (call, good) =>
      Object.defineProperty(goodBytes(good), 'byteLength', { get: () => (call.releaseAll(), 1) }),
    trueBytes,
  ),
  hostile(
    'getter buffer that detaches',
    (_, good) => {
      const bytes = goodBytes(good);
      const { buffer } = bytes;
      return Object.defineProperty(bytes, 'buffer', {
        get: () => structuredClone(buffer, { transfer: [buffer] }),
      });
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
  hostile(
    'function that throws undefined',
    (call) =>
      called(call, () => {
        call.plant(undefined);
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- as hostile code may
        throw undefined;
      }),
    isFn,
  ),
  hostile('async function', (call) => called(call, async () => undefined), escapes),
  hostile(
    'function that returns a thenable',
    (call) => called(call, () => ({ then: () => undefined })),
    escapes,
  ),
  hostile(
    'function that returns a function with then',
    (call) => called(call, () => Object.assign(() => undefined, { then: () => undefined })),
    isFn,
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
    'function that returns a proxy that throws',
    (call) => called(call, () => trapped(call)),
    isFn,
  ),
  hostile(
    'function that releases everything',
    (call) => called(call, () => call.releaseAll()),
    isFn,
  ),
  hostile(
    'function that releases and allocates again',
    (call) =>
      called(call, () => {
        call.releaseAll();
        for (let count = 0; count < 8; count += 1)
          call.made.push(MLockedBytes.fromBytes(Uint8Array.of(...world.secret(32)), world.logged));
      }),
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
  hostile(
    'function that detaches',
    (call) =>
      called(call, (given) => {
        const buffer = firstView(given)?.buffer;
        if (buffer !== undefined && buffer.byteLength < 4096) detach(buffer);
      }),
    isFn,
  ),
  hostile('function that calls again', (call) => called(call, () => call.again()), isFn),
  hostile(
    'function that trims the pool',
    (call) => called(call, () => pooledAllocator.trim()),
    isFn,
  ),
  hostile(
    'function that fills what it is lent',
    (call) =>
      called(call, (given) => {
        const view = firstView(given);
        if (view !== undefined && view.byteLength > 0) view.fill(255);
      }),
    isFn,
  ),
  hostile(
    'proxy of a function that throws',
    (call) => new Proxy(() => undefined, { apply: () => raise(call) }),
    isFn,
  ),
];

/** Locked values of every class, live and released, and objects that imitate them. */
const makers = {
  bytes: () => world.lockedBytes(),
  bytes16: () => world.lockedBytes(16),
  sized: () => world.sizedBytes(),
  region: () => world.region(),
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
      ...(name === 'region' ? {} : { serialisable: true }),
    }),
  ),
  hostile(`proxy of ${name}`, (call) => new Proxy(call.keep(make()), {}), pretender),
]);
const pretenders = [
  hostile('prototype of bytes only', () => Object.create(MLockedBytes.prototype), pretender),
  hostile('prototype of seed only', () => Object.create(MLockedSeed.prototype), pretender),
  hostile(
    'mark of another copy',
    () => ({ [Symbol.for('@evolock/mlocked-bytes/LockedValue')]: '9.9.9' }),
    plain,
  ),
  hostile('chunk', (call) => call.keep(world.lockedBytes(64)).chunk(0, 32), {
    object: true,
    chunk: true,
    size: 32,
  }),
  hostile(
    'chunk of released bytes',
    () => {
      const owner = world.lockedBytes(64);
      const chunk = owner.chunk(0, 32);
      owner.release();
      return chunk;
    },
    { object: true, chunk: true, released: true },
  ),
];

const duck = { object: true, serialisable: true };
const serialisables = [
  hostile('value that pushes nothing', () => ({ directSerialise: () => undefined }), duck),
  hostile(
    'value that pushes text and hides the error',
    () => ({
      directSerialise(push: (block: unknown) => void) {
        try {
          push('text');
        } catch {
          /* hidden */
        }
      },
    }),
    plain,
  ),
  hostile(
    'value that pushes too much and hides the error',
    () => ({
      directSerialise(push: (block: unknown) => void) {
        try {
          push(new Uint8Array(4097));
        } catch {
          /* hidden */
        }
      },
    }),
    plain,
  ),
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
  hostile(
    'value whose method is a getter that throws',
    (call) => ({
      get directSerialise() {
        return raise(call);
      },
    }),
    plain,
  ),
  hostile('type that reads nothing', () => ({ directDeserialise: () => 7 }), {
    object: true,
    type: true,
  }),
  hostile(
    'type that pulls text and hides the error',
    () => ({
      directDeserialise(pull: (block: unknown) => void) {
        try {
          pull('text');
        } catch {
          /* hidden */
        }
        return 7;
      },
    }),
    plain,
  ),
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

const slotOf = (call: Call, size = 32) => call.keepSlot(pooledAllocator.allocate(size));
type Allocate = (call: Call, size: number, alignment: number | undefined) => unknown;
const allocatorThat = (allocate: Allocate) => (call: Call) => ({
  allocator: {
    allocate: (size: number, alignment: number | undefined) => allocate(call, size, alignment),
  },
});
const bad = { object: true, badOptions: true };
const options = [
  hostile('allocator null', () => ({ allocator: null }), bad),
  hostile('allocator 7', () => ({ allocator: 7 }), bad),
  hostile('allocator {}', () => ({ allocator: {} }), bad),
  hostile('allocate 7', () => ({ allocator: { allocate: 7 } }), bad),
  hostile(
    'allocator getter that throws',
    (call) => ({
      get allocator() {
        return raise(call);
      },
    }),
    bad,
  ),
  hostile(
    'allocator getter that releases',
    (call) => ({
      get allocator() {
        call.releaseAll();
        return world.log;
      },
    }),
    plain,
  ),
  hostile(
    'allocator getter that calls again',
    (call) => ({
      get allocator() {
        call.again();
        return world.log;
      },
    }),
    plain,
  ),
  hostile(
    'allocate throws',
    allocatorThat((call) => raise(call)),
    bad,
  ),
  hostile(
    'allocate gives undefined',
    allocatorThat(() => undefined),
    bad,
  ),
  hostile(
    'allocate gives {}',
    allocatorThat(() => ({})),
    bad,
  ),
  hostile(
    'allocate gives a promise',
    allocatorThat(async () => undefined),
    bad,
  ),
  hostile(
    'allocate gives ordinary memory',
    allocatorThat((_, size) => ({
      unsoundBytes: new Uint8Array(size),
      release: () => undefined,
    })),
    bad,
  ),
  hostile(
    'allocate gives shared memory',
    allocatorThat((_, size) => ({
      unsoundBytes: new Uint8Array(new SharedArrayBuffer(size)),
      release: () => undefined,
    })),
    bad,
  ),
  hostile(
    'allocate gives a slot too small',
    allocatorThat((call, size) => (size > 1 ? pooledAllocator.allocate(size - 1) : raise(call))),
    bad,
  ),
  hostile(
    'allocate gives a slot too large',
    allocatorThat((_, size) => pooledAllocator.allocate(size + 1)),
    bad,
  ),
  hostile(
    'allocate gives a slot of getters',
    allocatorThat((call, size) => {
      const slot = slotOf(call, size);
      let looks = 0;
      return {
        get unsoundBytes() {
          looks += 1;
          return looks === 1 ? slot.unsoundBytes : new Uint8Array(size);
        },
        release: () => slot.release(),
      };
    }),
    plain,
  ),
  hostile(
    'allocate releases everything first',
    allocatorThat((call, size, alignment) => {
      call.releaseAll();
      return world.log.allocate(size, alignment);
    }),
    plain,
  ),
  hostile(
    'allocate calls again',
    allocatorThat((call, size, alignment) => {
      call.again();
      return world.log.allocate(size, alignment);
    }),
    plain,
  ),
  hostile(
    'slot whose release throws',
    allocatorThat((call, size) => {
      const slot = slotOf(call, size);
      return { unsoundBytes: slot.unsoundBytes, release: () => (slot.release(), raise(call)) };
    }),
    plain,
  ),
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
  hostile(
    'period getter that changes',
    () => {
      let looks = 0;
      return {
        ...world.logged,
        get period() {
          looks += 1;
          return looks === 1 ? 0 : 1.5;
        },
      };
    },
    plain,
  ),
  hostile('timeout 0', () => ({ timeout: 0 }), { object: true, badTime: true }),
  hostile('timeout text', () => ({ timeout: '5' }), { object: true, badTime: true }),
  hostile('signal {}', () => ({ signal: {} }), { object: true, badTime: true }),
  hostile('signal aborted', () => ({ signal: AbortSignal.abort() }), {
    object: true,
    badTime: true,
  }),
];

const slots = [
  hostile(
    'slot of ordinary memory',
    () => ({ unsoundBytes: new Uint8Array(32), release: () => undefined }),
    plain,
  ),
  hostile('slot of another size', (call) => slotOf(call, 31), plain),
  hostile('slot without release', (call) => ({ unsoundBytes: slotOf(call).unsoundBytes }), plain),
  hostile(
    'slot whose getter throws',
    (call) => ({
      release: () => undefined,
      get unsoundBytes() {
        return raise(call);
      },
    }),
    plain,
  ),
];

const { leaf } = world.ed25519;
const ofType = { object: true, type: true };
const dsigns = [
  hostile(
    'dsign with a getter that throws',
    (call) => ({
      ...world.ed25519,
      get leaf() {
        return raise(call);
      },
    }),
    ofType,
  ),
  ...['name', 'seedSize', 'verificationKeySize', 'signatureSize', 'signingKeySize'].flatMap(
    (field) => [
      hostile(
        `dsign with ${field} undefined`,
        () => ({ ...world.ed25519, [field]: undefined }),
        ofType,
      ),
      hostile(`dsign with ${field} 1.5`, () => ({ ...world.ed25519, [field]: 1.5 }), ofType),
    ],
  ),
  hostile(
    'dsign with a leaf of text',
    () => ({ ...world.ed25519, leaf: { ...leaf, sign: 'sign' } }),
    ofType,
  ),
  hostile('copy of ed25519', () => ({ ...world.ed25519 }), {
    object: true,
    dsign: true,
    type: true,
  }),
];

const algorithms = [
  hostile('sum algorithm', () => world.sum2Kes, {
    object: true,
    algorithm: world.sum2Kes,
    type: true,
  }),
  hostile('compact algorithm', () => world.compactSum2Kes, {
    object: true,
    algorithm: world.compactSum2Kes,
    type: true,
  }),
  hostile('single algorithm', () => world.sum0Kes, {
    object: true,
    algorithm: world.sum0Kes,
    type: true,
  }),
  hostile('proxy of an algorithm', () => new Proxy(world.sum2Kes, {}), pretender),
  hostile(
    'prototype of an algorithm only',
    () => Object.create(Object.getPrototypeOf(world.sum2Kes)),
    pretender,
  ),
  hostile('copy of an algorithm', () => ({ ...world.sum2Kes }), plain),
  hostile(
    'algorithm of getters that throw',
    (call) => new Proxy(world.sum2Kes, { get: () => raise(call) }),
    plain,
  ),
];

export const everything: readonly Hostile[] = [
  ...primitives,
  ...numbers,
  ...oddNumbers,
  ...objects,
  ...byteLikes,
  ...functions,
  ...locked,
  ...pretenders,
  ...serialisables,
  ...options,
  ...slots,
  ...dsigns,
  ...algorithms,
];
