// The arguments of the functions from direct-serialise up to kes-sum and vrf-praos.
import { writeFileSync } from 'node:fs';
import * as io from '../arguments/files-and-sockets.js';
import * as arg from '../arguments/kinds.js';
import { ed25519, extendedImage, keyOf, pooled, sum2Kes, vrfParts } from '../arguments/world.js';

const alignment = arg.optional(arg.integer(32, 1, 4096));
const size = arg.integer(32, 0, 2 ** 31 - 1);
const fills = arg.fn(() => (_offset: number, block: Uint8Array) => block.fill(1));

/** Methods that have the same arguments in every class. */
const everywhere: Record<string, arg.Row> = {
  '#clone': [arg.allocation],
  '#directSerialise': [arg.fn()],
  '.directSerialise': [arg.fn()],
  '.directDeserialise': [arg.fn(), arg.allocation],
  '#generateKey': [arg.seed, arg.allocation],
  '.generateKey': [arg.seed, arg.allocation],
  '#seed': [arg.allocation],
  '#sign': [arg.message],
  '#updateTo': [arg.integer(0, 0, 3)],
  '#withBytes': [arg.fn()],
};

const directSerialise: Record<string, arg.Row> = {
  directDeserialiseBuf: [arg.someBytes(32), arg.type, arg.aligned],
  directDeserialiseBufChecked: [arg.someBytes(32), arg.type, arg.aligned],
  directDeserialiseFrom: [fills, size, arg.type, arg.aligned],
  directDeserialiseFromChecked: [fills, size, arg.type, arg.aligned],
  directSerialiseBuf: [arg.someBytes(32), arg.serialisable],
  directSerialiseBufChecked: [arg.someBytes(32), arg.serialisable],
  directSerialiseTo: [arg.fn(), size, arg.serialisable],
  directSerialiseToChecked: [arg.fn(), size, arg.serialisable],
  pullWhole: [arg.fn(), arg.someBytes(32)],
  pushWhole: [arg.fn(), arg.someBytes(32)],
};

const lockedBytes: Record<string, arg.Row> = {
  'MLockedBytes.newZeroed': [arg.lockedSize, arg.aligned],
  'MLockedBytes.fromBytes': [arg.someBytes(32), arg.aligned],
  'MLockedBytes#clone': [arg.aligned],
  'MLockedBytes.type': [arg.lockedSize],
  'MLockedBytes.type().directDeserialise': [arg.fn(), arg.aligned],
  'MLockedBytes#copyFrom': [arg.mlocked, arg.optional(arg.integer(0, 0, 16))],
  'MLockedBytes#equals': [arg.mlocked],
  'MappingAllocator#allocate': [arg.lockedSize, alignment],
  'PooledAllocator#allocate': [arg.lockedSize, alignment],
  preflight: [arg.lockedKind, arg.optionsOf({ count: 1 })],
  setLockPolicy: [arg.oneText('require')],
  withMLockedBytes: [arg.lockedSize, arg.fn(), arg.aligned],
};

const seeds: Record<string, arg.Row> = {
  'MLockedSeed.newZeroed': [arg.seedSize, arg.allocation],
  'MLockedSeed.newRandom': [arg.seedSize, arg.allocation],
  'MLockedSeed.fromBytes': [arg.someBytes(32), arg.allocation],
  'MLockedSeed.type': [arg.seedSize],
  'MLockedSeed#equals': [arg.anySeed],
  'MLockedSeed#expand': [arg.allocation],
  blake2b256: [arg.message],
};

const ofVrf = (name: string, proof: () => Uint8Array): Record<string, arg.Row> => ({
  [`${name}.directDeserialise`]: [arg.pulling(() => vrfParts.raw), arg.allocation],
  [`${name}.verify`]: [arg.bytes(() => vrfParts.verificationKey), arg.message, arg.bytes(proof)],
  [`${name}.outputOf`]: [arg.bytes(proof)],
});

const keys: Record<string, arg.Row> = {
  'Ed25519SigningKey.generate': [arg.seed, arg.allocation],
  'Ed25519SigningKey.directDeserialise': [arg.pull(ed25519), arg.allocation],
  'ed25519.directDeserialise': [arg.pull(ed25519), arg.allocation],
  'ed25519.verify': [arg.verificationKey(ed25519), arg.message, arg.signature(ed25519)],
  'VrfSigningKey#prove': [arg.message],
  ...ofVrf('praosVrf', () => vrfParts.proof),
  ...ofVrf('praosBatchCompatVrf', () => vrfParts.batchProof),
  'ExtendedSigningKey.directDeserialise': [arg.pulling(() => extendedImage), arg.allocation],
};

/** Any object with the method is taken, and used later. */
const rustSource = arg.kind(
  'serialisable value',
  (call) => call.keep(keyOf(sum2Kes)),
  (value) => typeof arg.memberOf(value, 'directSerialise') === 'function',
);
const kes: Record<string, arg.Row> = {
  compactSingleKes: [arg.dsign],
  singleKes: [arg.dsign],
  rustSigningKey: [rustSource],
  rustSigningKeyType: [arg.kesAlgorithm],
  'rustSigningKeyType().directDeserialise': [arg.rustPull, arg.kesOptions],
  'Algorithm#directDeserialise': [arg.pull(sum2Kes), arg.kesOptions],
  'Algorithm#verify': [
    arg.verificationKey(sum2Kes),
    arg.anyInteger,
    arg.message,
    arg.signature(sum2Kes),
  ],
  'SingleKesSigningKey#update': { refuses: true },
  sumKes: [arg.inner('sum')],
  compactSumKes: [arg.inner('compact')],
  sumKesOfDepth: [arg.integer(2, 0, 20), arg.optional(arg.dsign)],
  compactSumKesOfDepth: [arg.integer(2, 0, 20), arg.optional(arg.dsign)],
  periodClock: [arg.required(() => ({ start: new Date(0), length: 60 }))],
  verifyMany: [arg.kesAlgorithm, arg.verifications],
};

/** Options of a wait for a peer, which ends in time. */
const limited = (good: object, ...names: string[]): arg.Kind => ({
  ...arg.optionsOf(good, 'signal', ...names),
  make: () => ({ ...good, signal: AbortSignal.timeout(500) }),
});
const timeOptions = limited(pooled, 'alignment');
/** The memory from which a value is sent has the alignment that it needs. */
const sendOptions = limited(pooled);
const waitOptions = limited({});

/** The owner of the key is the file. */
const newKey = {
  ...arg.kind('content', (call) => ({ key: call.keep(keyOf(sum2Kes)) })),
  fixed: true,
} as const;

const transports: Record<string, arg.Row> = {
  directDeserialiseFromDescriptor: [
    io.readable,
    arg.type,
    arg.optionsOf(pooled, 'alignment', 'last'),
  ],
  directSerialiseToDescriptor: [io.writable, arg.serialisable],
  directSerialiseToSocket: [io.socket, arg.staged, sendOptions],
  directSerialiseToChild: [io.child, arg.integer(3, 3, 3), arg.staged, sendOptions],
  'LockedConnection.connect': [io.target, sendOptions],
  'LockedConnection.takeOver': [io.freshSocket, arg.allocation],
  'LockedConnection#send': [arg.staged, sendOptions],
  'LockedConnection#ended': [waitOptions],
  'LockedConnection#receive': [arg.type, timeOptions],
  'LockedConnection#finish': { receiver: io.quietConnection, args: [waitOptions] },
  'KeyFile.open': {
    args: [
      io.path(),
      arg.label(sum2Kes),
      arg.optionsOf({ create: () => ({ key: keyOf(sum2Kes) }) }, 'allocator'),
    ],
    slow: true,
  },
  'KeyFile#write': [newKey],
  'KeyFile#retire': [arg.optionsOf({ publicBytes: new Uint8Array(100) })],
  eraseFile: [io.path((to) => writeFileSync(to, 'x', { mode: 0o600 }))],
  holdLockFile: [io.path()],
  'HeldLock#within': [arg.fn()],
};

export const values = {
  ...everywhere,
  ...directSerialise,
  ...lockedBytes,
  ...seeds,
  ...keys,
  ...kes,
  ...transports,
};
