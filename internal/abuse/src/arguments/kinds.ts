// Kinds of arguments: how to make a valid one, and which hostile values are valid too.
import { headerVerifier, mainnet } from '@evolock/cardano-headers';
import { directSerialiseBufChecked } from '@evolock/direct-serialise';
import { Ed25519SigningKey } from '@evolock/dsign-ed25519';
import { rustSigningKey, rustSigningKeyType } from '@evolock/kes-single';
import {
  mappingAllocator,
  MLockedBytes,
  pooledAllocator,
  PooledAllocator,
} from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { ExtendedSigningKey, VrfSigningKey } from '@evolock/vrf-praos';
import { types } from 'node:util';
import type { Call, Releasable } from '../calls/call.js';
import * as world from './world.js';

/**
 * - `make`: a valid value. `accepts`: whether another value is valid too. It is asked before the call.
 * - `fixed`: never replaced. `holds`: a value with a secret, with which no method may succeed after its release.
 * - `slow`: to make it, or to use it, takes milliseconds. `isOptions`: a property that is no option has to be refused.
 */
export interface Kind {
  name: string;
  make: (call: Call) => unknown;
  accepts: (value: unknown) => boolean;
  fixed?: true;
  holds?: true;
  slow?: true;
  isOptions?: true;
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

/** Bytes of this thread alone, whose memory is there and keeps its size. */
export function isGenuine(value: unknown): value is Uint8Array {
  if (!types.isUint8Array(value) || !(value.buffer instanceof ArrayBuffer)) return false;
  if (value.buffer.resizable) return false;
  try {
    return new Uint8Array(value.buffer).length >= value.length;
  } catch {
    // The memory is detached.
    return false;
  }
}

/** Without a size, bytes of any size are valid: a verification of them is false. */
export const bytes = (make: () => Iterable<number>, size?: number): Kind =>
  kind(
    'bytes',
    () => Uint8Array.from(make()),
    (value) => isGenuine(value) && (size === undefined || value.length === size),
  );
export const someBytes = (size: number) => bytes(() => world.secret(size));
export const key32 = bytes(() => world.secret(32), 32);
export const message = bytes(() => world.message);

export const integer = (good: number, minimum: number, maximum: number): Kind =>
  kind(
    'integer',
    () => good,
    (value) => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
  );
export const anyInteger = integer(0, -Infinity, Infinity);
export const lockedSize = integer(32, 1, 2 ** 30);
export const seedSize = integer(32, 16, 64);
export const optional = (inner: Kind): Kind =>
  kind(
    `optional ${inner.name}`,
    inner.make,
    (value) => value === undefined || inner.accepts(value),
  );
/** Any text is valid, as the path of a file that does not exist is. */
export const text = (good: unknown): Kind =>
  kind(
    'text',
    () => good,
    (value) => typeof value === 'string',
  );
export const oneText = (good: string): Kind =>
  kind(
    'text',
    () => good,
    (value) => value === good,
  );

export const fn = (good: Kind['make'] = () => () => undefined): Kind =>
  kind('function', good, (value) => typeof value === 'function');

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null;

/** Options are own properties of a plain object. */
function isPlain(value: unknown): value is object {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The options of a function, with all their names: each of them is absent, or the right one. */
export const optionsOf = (good: object, ...names: string[]): Kind => {
  const right = { ...world.pooled, ...good };
  const known = [...Object.keys(good), ...names];
  const isRight = (value: object, name: string | symbol) =>
    known.includes(String(name)) &&
    [undefined, memberOf(right, String(name))].includes(memberOf(value, String(name)));
  const accepts = (value: unknown) =>
    value === undefined ||
    (isPlain(value) && Reflect.ownKeys(value).every((name) => isRight(value, name)));
  return { ...kind('options', () => good, accepts), isOptions: true };
};
/** The options of locked bytes. */
export const aligned = optionsOf({ ...world.pooled }, 'alignment');
export const kesOptions = optionsOf({ ...world.pooled }, 'period', 'verificationKey');
export const allocation = optionsOf({ ...world.pooled });
/** Options that have to be there. */
export const required = (make: () => object): Kind => ({
  ...kind('options', make),
  isOptions: true,
});
/** Data, which may have more than is used. */
export const given = (make: () => object) => kind('record', make);

/** A value with a secret. */
export const locked = (
  name: string,
  make: () => Releasable,
  accepts: Kind['accepts'] = () => false,
): Kind => ({
  ...kind(
    name,
    (call) => call.keep(make()),
    (value) => accepts(value) && memberOf(value, 'released') !== true,
  ),
  holds: true,
});
const isSeed = (value: unknown): value is MLockedSeed => value instanceof MLockedSeed;
const isEd25519 = (value: unknown) => value instanceof Ed25519SigningKey;
export const mlocked = locked(
  'locked bytes',
  () => world.lockedBytes(),
  (value) => value instanceof MLockedBytes,
);
export const seed = locked(
  'seed',
  () => world.seed(),
  (value) => isSeed(value) && value.size === 32,
);
export const anySeed = locked('seed', () => world.seed(), isSeed);
export const edKey = locked('key', () => world.keyOf(world.ed25519), isEd25519);
export const vrfKey = locked(
  'key',
  () => world.vrfKey(),
  (value) => value instanceof VrfSigningKey,
);
/** A key that issues certificates. */
export const coldKey = locked(
  'key',
  () => world.keyOf(world.ed25519),
  (value) => isEd25519(value) || value instanceof ExtendedSigningKey,
);

/** Whether a method is there, and does not return a promise. */
const has = (value: unknown, method: string) => {
  const member = memberOf(value, method);
  return typeof member === 'function' && !types.isAsyncFunction(member);
};
export const serialisable = kind(
  'serialisable value',
  (call) => call.keep(world.lockedBytes()),
  (value) => has(value, 'directSerialise') && memberOf(value, 'released') !== true,
);
/** A value whose copy is sent. Locked bytes are sent from their own memory: the allocator of a copy is not used. */
export const staged: Kind = { ...serialisable, make: (call) => call.keep(world.seed()) };
export const type = kind(
  'type',
  () => MLockedBytes.type(32),
  (value) => has(value, 'directDeserialise'),
);
const isAlgorithm = (value: unknown) =>
  memberOf(value, 'constructor') === world.sum2Kes.constructor;
export const kesAlgorithm = kind('algorithm', () => world.sum2Kes, isAlgorithm);
export const inner = (variant: 'sum' | 'compact'): Kind =>
  kind(
    `${variant} algorithm`,
    () => (variant === 'sum' ? world.sum0Kes : world.compactSum2Kes),
    (value) => isAlgorithm(value) && memberOf(value, 'variant') === variant,
  );
export const dsign = kind('dsign', () => world.ed25519);
export const lockedKind = kind(
  'kind',
  () => ({ lockedSize: 256 }),
  (value) => Number.isInteger(memberOf(value, 'lockedSize')),
);

type Algorithm = Parameters<typeof world.publicPartsOf>[0];

/** The arguments of a verification. */
export const verificationKey = (algorithm: Algorithm) =>
  bytes(() => world.publicPartsOf(algorithm).verificationKey);
export const signature = (algorithm: Algorithm) =>
  bytes(() => world.publicPartsOf(algorithm).signature);
/** verify-many.test.ts of kes-sum tests hostile items and values that cannot be iterated. None may make it throw. */
export const verifications: Kind = {
  ...kind('verifications', () => [
    { ...world.publicPartsOf(world.sum2Kes), period: 0, message: world.message },
    undefined,
  ]),
  fixed: true,
};
/** A function from which a serialised value is read. */
export const pulling = (raw: () => Uint8Array) => fn(() => world.pullFrom(raw()));
export const pull = (algorithm: Algorithm) => pulling(() => world.publicPartsOf(algorithm).raw);

const RUST_SIZE = world.sum2Kes.signingKeySize + 4;
export const rustPull = pulling(() => {
  const serialised = new Uint8Array(RUST_SIZE);
  const key = world.keyOf(world.sum2Kes);
  directSerialiseBufChecked(serialised, rustSigningKey(key));
  key.release();
  return serialised;
});

/** Objects whose classes or methods are not exported by name. */
export const samples = {
  'MLockedBytes.type()': MLockedBytes.type(32),
  'MLockedSeed.type()': MLockedSeed.type(32),
  'rustSigningKeyType()': rustSigningKeyType(world.sum2Kes),
  'rustSigningKey()': rustSigningKey(world.keyOf(world.sum2Kes)),
  headerVerifier: headerVerifier(mainnet),
  singleKey: world.released(world.keyOf(world.sum0Kes)),
  sumKey: world.released(world.keyOf(world.sum2Kes)),
  pooledSlot: world.released(pooledAllocator.allocate(32)),
  mappingSlot: world.released(mappingAllocator.allocate(32)),
};

/** The kinds of `this`, by the class of the method. */
export const receivers: Record<string, Kind> = {
  LockedValue: locked('locked value', () => world.lockedBytes()),
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
