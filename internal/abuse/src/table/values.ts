// The arguments of the functions from direct-serialise up to kes-sum and vrf-praos.
import { writeFileSync } from 'node:fs';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import * as io from '../arguments/files-and-sockets.js';
import {
  allocation,
  any,
  anyInteger,
  anySeed,
  bytes,
  dsign,
  fn,
  having,
  inner,
  integer,
  kesAlgorithm,
  kesKey,
  kesOptions,
  kind,
  label,
  lockedKind,
  lockedSize,
  message,
  mlocked,
  oneText,
  optional,
  options,
  optionsOf,
  pull,
  pulling,
  rustPull,
  seed,
  seedSize,
  serialisable,
  signature,
  someBytes,
  staged,
  type,
  type Row,
  verificationKey,
  verifications,
} from '../arguments/kinds.js';
import { ed25519, extendedImage, keyOf, pooled, sum2Kes, vrfParts } from '../arguments/world.js';

const alignment = optional(integer(32, 1, 4096));
const size = integer(32, 0, 2 ** 31 - 1);
const fills = fn(() => (_offset: number, block: Uint8Array) => block.fill(1));
const makeSerialisable = serialisable.make;

const directSerialise: Record<string, Row> = {
  directDeserialiseBuf: [someBytes(32), type, options],
  directDeserialiseBufChecked: [someBytes(32), type, options],
  directDeserialiseFrom: [fills, size, type, options],
  directDeserialiseFromChecked: [fills, size, type, options],
  directSerialiseBuf: [someBytes(32), serialisable],
  directSerialiseBufChecked: [someBytes(32), serialisable],
  directSerialiseTo: [fn(), size, serialisable],
  directSerialiseToChecked: [fn(), size, serialisable],
  checkBytes: [label('bytes'), someBytes(32)],
  checkFunction: [label('use'), fn()],
  checkInteger: [label('size'), integer(32, 1, 64), label(1), label(64)],
  checkMethod: [
    label('value'),
    having('directSerialise', makeSerialisable),
    label('directSerialise'),
  ],
  checkOptions: [optionsOf({})],
  bufferBehind: [any],
  isBytes: [any],
  isUnfinished: [any],
  pullWhole: [fn(), someBytes(32)],
  pushWhole: [fn(), someBytes(32)],
  sizeOfBytes: [label('bytes'), someBytes(32)],
  wrongType: [label('seed'), label('a seed'), any],
  wrongValue: [label('seed'), label('32 bytes'), label('31 bytes')],
};

const lockedBytes: Record<string, Row> = {
  'MLockedBytes.newZeroed': [lockedSize, options],
  'MLockedBytes.fromBytes': [someBytes(32), options],
  'MLockedBytes.type': [lockedSize],
  'MLockedBytes.type().directDeserialise': [fn(), options],
  'MLockedBytes#withBytes': [fn()],
  'MLockedBytes#copyFrom': [mlocked, optional(integer(0, 0, 16))],
  'MLockedBytes#clone': [options],
  'MLockedBytes#equals': [mlocked],
  'MLockedBytes#directSerialise': [fn()],
  'MappingAllocator#allocate': [lockedSize, alignment],
  'PooledAllocator#allocate': [lockedSize, alignment],
  allocateSlot: [lockedSize, options],
  checkLocked: [label('bytes'), mlocked, label(MLockedBytes), label('locked bytes')],
  preflight: [lockedKind, optionsOf({ count: 1 })],
  setLockPolicy: [oneText('require')],
  withMLockedBytes: [lockedSize, fn(), options],
};

const seeds: Record<string, Row> = {
  'MLockedSeed.newZeroed': [seedSize, options],
  'MLockedSeed.newRandom': [seedSize, options],
  'MLockedSeed.fromBytes': [someBytes(32), options],
  'MLockedSeed.type': [seedSize],
  'MLockedSeed.type().directDeserialise': [fn(), options],
  'MLockedSeed#clone': [options],
  'MLockedSeed#withBytes': [fn()],
  'MLockedSeed#equals': [anySeed],
  'MLockedSeed#expand': [options],
  'MLockedSeed#directSerialise': [fn()],
  blake2b256: [message],
  checkSeed: [label('seed'), seed, label(32)],
};

/** The methods that every signing key has. */
const ofKey = (name: string): Record<string, Row> => ({
  [`${name}#clone`]: [options],
  [`${name}#directSerialise`]: [fn()],
});
const ofKesKey = (name: string): Record<string, Row> => ({
  ...ofKey(name),
  [`${name}#sign`]: [message],
  [`${name}#updateTo`]: [integer(0, 0, 3)],
});
const ofVrf = (name: string, proof: () => Uint8Array): Record<string, Row> => ({
  [`${name}.generateKey`]: [seed, options],
  [`${name}.directDeserialise`]: [pulling(() => vrfParts.raw), options],
  [`${name}.verify`]: [bytes(() => vrfParts.verificationKey), message, bytes(proof)],
  [`${name}.outputOf`]: [bytes(proof)],
});

const keys: Record<string, Row> = {
  'Ed25519SigningKey.generate': [seed, options],
  'Ed25519SigningKey.directDeserialise': [pull(ed25519), options],
  ...ofKey('Ed25519SigningKey'),
  'Ed25519SigningKey#sign': [message],
  'Ed25519SigningKey#seed': [options],
  'ed25519.generateKey': [seed, options],
  'ed25519.directDeserialise': [pull(ed25519), options],
  'ed25519.verify': [verificationKey(ed25519), message, signature(ed25519)],
  ...ofKey('VrfSigningKey'),
  'VrfSigningKey#prove': [message],
  'VrfSigningKey#seed': [options],
  ...ofVrf('praosVrf', () => vrfParts.proof),
  ...ofVrf('praosBatchCompatVrf', () => vrfParts.batchProof),
  ...ofKey('ExtendedSigningKey'),
  'ExtendedSigningKey.directDeserialise': [pulling(() => extendedImage), options],
  'ExtendedSigningKey#sign': [message],
};

const kes: Record<string, Row> = {
  compactSingleKes: [dsign],
  singleKes: [dsign],
  rustSigningKey: [having('directSerialise', kesKey.make)],
  'rustSigningKey().directSerialise': [fn()],
  rustSigningKeyType: [kesAlgorithm],
  'rustSigningKeyType().directDeserialise': [rustPull, kesOptions],
  'Algorithm#generateKey': [seed, options],
  'Algorithm#directDeserialise': [pull(sum2Kes), kesOptions],
  'Algorithm#verify': [verificationKey(sum2Kes), anyInteger, message, signature(sum2Kes)],
  ...ofKesKey('SingleKesSigningKey'),
  'SingleKesSigningKey#update': { refuses: true },
  sumKes: [inner('sum')],
  compactSumKes: [inner('compact')],
  sumKesOfDepth: [dsign, integer(2, 0, 20)],
  compactSumKesOfDepth: [dsign, integer(2, 0, 20)],
  ...ofKesKey('SumKesSigningKey'),
  verifyMany: [kesAlgorithm, verifications],
};

const ioSize = integer(32, 1, 1_048_576);
const timed = { ...pooled, timeout: 500 };
const timeOptions = optionsOf(timed, 'allocator', 'alignment', 'time');
/** The memory from which a value is sent has the alignment that it needs. */
const sendOptions = optionsOf(timed, 'allocator', 'time');
const waitOptions = optionsOf({ timeout: 500 }, 'time');

/** Named otherwise than bytes: what a promise gives is not compared. */
const publicBytes = { ...optional(someBytes(100)), name: 'optional public part' };
/** The owner of the key is the file. */
const newKey = {
  ...kind('content', (call) => ({ key: call.keep(keyOf(sum2Kes)) })),
  fixed: true,
} as const;

const transports: Record<string, Row> = {
  directDeserialiseFromDescriptor: [io.readable, ioSize, type, options],
  directSerialiseToDescriptor: [io.writable, ioSize, serialisable],
  directSerialiseToSocket: [io.socket, ioSize, staged, sendOptions],
  directSerialiseToChild: [io.child, integer(3, 3, 3), ioSize, staged, sendOptions],
  'LockedConnection.connect': [io.target, sendOptions],
  'LockedConnection.takeOver': [io.freshSocket, allocation],
  'LockedConnection#send': [ioSize, staged, sendOptions],
  'LockedConnection#ended': [waitOptions],
  'LockedConnection#receive': [ioSize, type, timeOptions],
  'LockedConnection#close': { receiver: io.quietConnection, args: [waitOptions] },
  'KeyFile.open': {
    args: [
      io.path(),
      label(sum2Kes),
      optionsOf({ create: () => ({ key: keyOf(sum2Kes) }) }, 'allocator'),
    ],
    slow: true,
  },
  'KeyFile#updateTo': [integer(1, 0, 3), publicBytes],
  'KeyFile#replace': [newKey],
  'KeyFile#retire': [publicBytes],
  eraseFile: [io.path((to) => writeFileSync(to, 'x', { mode: 0o600 }))],
  holdLockFile: [io.path(), optionsOf({ exclusive: true })],
  'HeldLock#within': [fn()],
};

export const values = {
  ...directSerialise,
  ...lockedBytes,
  ...seeds,
  ...keys,
  ...kes,
  ...transports,
};
