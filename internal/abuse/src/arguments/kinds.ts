// Kinds of arguments: how to make a valid one, and which hostile values are valid too.
import { directSerialiseBufChecked } from '@evolock/direct-serialise';
import { rustSigningKey, rustSigningKeyType } from '@evolock/kes-single';
import type { KesAlgorithm } from '@evolock/kes-sum';
import {
  mappingAllocator,
  MLockedBytes,
  pooledAllocator,
  PooledAllocator,
} from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import type { Call, Releasable } from '../calls/call.js';
import type { Flaw, Truth } from './hostile.js';
import * as world from './world.js';

/**
 * - `make`: a valid value. `accepts`: whether another value is valid too.
 * - `fixed`: never replaced. `holds`: a value with a secret, with which no method may succeed after its release.
 * - `slow`: to make it, or to use it, takes milliseconds.
 */
export interface Kind {
  name: string;
  make: (call: Call) => unknown;
  accepts: (is: Truth, value: unknown) => boolean;
  fixed?: true;
  holds?: true;
  slow?: true;
}

/**
 * - `receiver`: the kind of `this`, when it is not the one of the class.
 * - `refuses`: a valid call throws too.
 * - `slow`: a call takes milliseconds, though its arguments do not.
 */
export interface Details {
  args?: readonly Kind[];
  receiver?: Kind;
  refuses?: true;
  slow?: true;
}
/** The arguments of a function. */
export type Row = readonly Kind[] | Details;

/** A member of any value. */
export const memberOf = (value: unknown, name: string): unknown =>
  (value as Record<string, unknown> | null | undefined)?.[name];

/** Unless `accepts` says otherwise, every other value has to be refused. */
export const kind = (
  name: string,
  make: Kind['make'],
  accepts: Kind['accepts'] = () => false,
): Kind => ({ name, make, accepts });
export const slowly = (given: Kind): Kind => ({ ...given, slow: true });

/** A value that is never replaced: the name of an argument in a message. */
export const label = (text: unknown): Kind => ({
  ...kind('label', () => text),
  fixed: true,
});
export const any = kind(
  'anything',
  () => 7,
  () => true,
);

/** Without a size, bytes of any size are valid: a verification of them is false. */
export const bytes = (make: () => Iterable<number>, size?: number): Kind =>
  kind(
    'bytes',
    () => Uint8Array.from(make()),
    ({ bytes: truth }) => truth !== undefined && (size === undefined || truth.length === size),
  );
export const someBytes = (size: number) => bytes(() => world.secret(size));
export const key32 = bytes(() => world.secret(32), 32);
export const message = bytes(() => world.message);

export const integer = (good: number, minimum: number, maximum: number): Kind =>
  kind(
    'integer',
    () => good,
    (_, value) => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
  );
export const anyInteger = integer(0, -Infinity, Infinity);
export const lockedSize = integer(32, 1, 2 ** 30);
export const seedSize = integer(32, 16, 64);
export const optional = (inner: Kind): Kind =>
  kind(
    `optional ${inner.name}`,
    inner.make,
    (is, value) => value === undefined || inner.accepts(is, value),
  );
/** Any text is valid, as the path of a file that does not exist is. */
export const text = (good: unknown): Kind =>
  kind(
    'text',
    () => good,
    (_, value) => typeof value === 'string',
  );
export const oneText = (good: string): Kind =>
  kind(
    'text',
    () => good,
    (_, value) => value === good,
  );

export const fn = (good: Kind['make'] = () => () => undefined): Kind =>
  kind('function', good, (_, value) => typeof value === 'function');

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null;

/** Options are own properties of a plain object. */
function isPlain(value: unknown): boolean {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The options of a function, which looks at those that may have these flaws. */
export const optionsOf = (good: object, ...flaws: Flaw[]): Kind =>
  kind(
    'options',
    () => good,
    ({ flaw }, value) =>
      (value === undefined || isPlain(value)) && (flaw === undefined || !flaws.includes(flaw)),
  );
/** Options of packages that take any object. */
export const anyOptionsOf = (good: object, accepts: Kind['accepts'] = () => true): Kind =>
  kind(
    'options',
    () => good,
    (is, value) => (value === undefined || isObject(value)) && accepts(is, value),
  );
export const options = optionsOf({ ...world.pooled }, 'allocator', 'alignment');
export const kesOptions = optionsOf({ ...world.pooled }, 'allocator', 'alignment', 'period');
export const allocation = optionsOf({ ...world.pooled }, 'allocator');
/** Options that have to be there. */
export const given = (make: () => object) => kind('options', make);

/** A value with a secret. */
export const locked = (names: string, make: () => Releasable, size?: number): Kind => ({
  ...kind(
    names,
    (call) => call.keep(make()),
    (is) =>
      is.released === undefined &&
      is.locked !== undefined &&
      names.split(' or ').includes(is.locked) &&
      (size === undefined || is.size === size),
  ),
  holds: true,
});
export const mlocked = locked('bytes', () => world.lockedBytes());
export const seed = locked('seed', () => world.seed(), 32);
export const anySeed = locked('seed', () => world.seed());
export const edKey = locked('ed25519', () => world.keyOf(world.ed25519));
export const vrfKey = locked('vrf', () => world.vrfKey());
/** A key that issues certificates. */
export const coldKey = locked('ed25519 or extended', () => world.keyOf(world.ed25519));
export const kesKey = locked('sum or single', () => world.keyOf(world.sum2Kes));

export const serialisable = kind(
  'serialisable value',
  (call) => call.keep(world.lockedBytes()),
  (is) => is.serialisable === true && is.released === undefined,
);
/** A value whose copy is sent. Locked bytes are sent from their own memory: the allocator of a copy is not used. */
export const staged: Kind = { ...serialisable, make: (call) => call.keep(world.seed()) };
/** Any object with that method. */
export const having = (method: string, make: Kind['make']): Kind =>
  kind(`object with ${method}`, make, (_, value) => typeof memberOf(value, method) === 'function');
export const type = kind(
  'type',
  () => MLockedBytes.type(32),
  (is) => is.type === true,
);
export const kesAlgorithm = kind(
  'algorithm',
  () => world.sum2Kes,
  (is) => is.algorithm !== undefined,
);
export const inner = (variant: 'sum' | 'compact'): Kind =>
  kind(
    `${variant} algorithm`,
    () => (variant === 'sum' ? world.sum0Kes : world.compactSum2Kes),
    (is) => is.algorithm?.variant === variant,
  );
export const dsign = kind('dsign', () => world.ed25519);
export const lockedKind = kind(
  'kind',
  () => ({ lockedSize: 256 }),
  (_, value) => Number.isInteger(memberOf(value, 'lockedSize')),
);

function partsOf(algorithm: KesAlgorithm | typeof world.ed25519) {
  const parts = world.publicParts.get(algorithm);
  if (parts === undefined) throw new Error(`no public parts of ${algorithm.name}`);
  return parts;
}
type Algorithm = Parameters<typeof partsOf>[0];

/** The arguments of a verification. */
export const verificationKey = (algorithm: Algorithm) =>
  bytes(() => partsOf(algorithm).verificationKey);
export const signature = (algorithm: Algorithm) => bytes(() => partsOf(algorithm).signature);
/** verify-many.test.ts of kes-sum tests hostile items and values that cannot be iterated. None may make it throw. */
export const verifications: Kind = {
  ...kind('verifications', () => [
    { ...partsOf(world.sum2Kes), period: 0, message: world.message },
    undefined,
  ]),
  fixed: true,
};
/** A function from which a serialised value is read. */
export const pulling = (raw: () => Uint8Array) => fn(() => world.pullFrom(raw()));
export const pull = (algorithm: Algorithm) => pulling(() => partsOf(algorithm).raw);

const RUST_SIZE = world.sum2Kes.signingKeySize + 4;
export const rustPull = pulling(() => {
  const serialised = new Uint8Array(RUST_SIZE);
  const key = world.keyOf(world.sum2Kes);
  directSerialiseBufChecked(serialised, rustSigningKey(key));
  key.release();
  return serialised;
});

/** Only the class of a sample is used, and nothing keeps it. */
const released = <Value extends Releasable>(value: Value): Value => {
  value.release();
  return value;
};

/** Objects whose classes or methods are not exported by name. */
export const samples = {
  'MLockedBytes.type()': MLockedBytes.type(32),
  'MLockedSeed.type()': MLockedSeed.type(32),
  'rustSigningKeyType()': rustSigningKeyType(world.sum2Kes),
  'rustSigningKey()': rustSigningKey(world.keyOf(world.sum2Kes)),
  singleKey: released(world.keyOf(world.sum0Kes)),
  sumKey: released(world.keyOf(world.sum2Kes)),
  pooledSlot: released(pooledAllocator.allocate(32)),
  mappingSlot: released(mappingAllocator.allocate(32)),
};

/** The kinds of `this`, by the class of the method. */
export const receivers: Record<string, Kind> = {
  LockedValue: locked('bytes or seed or ed25519 or vrf or extended or single or sum', () =>
    world.lockedBytes(),
  ),
  MLockedBytes: mlocked,
  MLockedSeed: anySeed,
  Ed25519SigningKey: edKey,
  VrfSigningKey: vrfKey,
  ExtendedSigningKey: locked('extended', () => world.extendedKey()),
  SingleKesSigningKey: locked('single', () => world.keyOf(world.sum0Kes)),
  SumKesSigningKey: locked('sum', () => world.keyOf(world.sum2Kes)),
  Algorithm: kesAlgorithm,
  PooledAllocator: kind('pool', () => new PooledAllocator()),
  MappingAllocator: kind('mapping allocator', () => mappingAllocator),
  Slot: kind('slot', (call) => call.keep(pooledAllocator.allocate(32))),
};
