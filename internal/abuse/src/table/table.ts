// Every public function with its arguments. A function that is missing here fails surface.test.ts.
import { cardanoDmq } from './cardano-dmq.js';
import { cardanoKes } from './cardano.js';
import { kesAgent } from './kes-agent.js';
import { kesVerify } from './kes-verify.js';
import * as kinds from '../arguments/kinds.js';
import { memoryScan } from './memory-scan.js';
import { testVectors } from './test-vectors.js';
import { vrfPraos } from './vrf-praos.js';
import { MLockedBytes } from '@evolock/mlocked-bytes';
import { ed25519, sum2Kes } from '../arguments/world.js';
import type { Entry, Kind } from '../arguments/kinds.js';

const {
  any,
  anyLocked,
  having,
  anySeed,
  mlocked,
  dsign,
  edKey,
  fn,
  integer,
  inner,
  io,
  kesAlgorithm,
  kesKey,
  kesOptions,
  label,
  lockedKind,
  lockedSize,
  message,
  optional,
  options,
  optionsOf,
  policy,
  pull,
  receivers,
  rustPull,
  seed,
  serialisable,
  signature,
  singleKey,
  staged,
  someBytes,
  sumKey,
  type,
  verificationKey,
  verifications,
} = kinds;

const seedSize = integer(32, 16, 64);
const alignment = optional(integer(32, 1, 4096));
const printing = (receiver: Kind, name: string): Record<string, Entry> => ({
  [`${name}#toString`]: { receiver, afterRelease: true },
  [`${name}#toJSON`]: { receiver, afterRelease: true },
  [`${name}#[nodejs.util.inspect.custom]`]: { receiver, afterRelease: true },
});
const writes = fn(() => () => undefined);
const fills = fn(() => (_offset: number, block: Uint8Array) => block.fill(1));

const directSerialise: Record<string, Entry> = {
  directDeserialiseBuf: { args: [someBytes(32), type, options] },
  directDeserialiseBufChecked: { args: [someBytes(32), type, options] },
  directDeserialiseFrom: { args: [fills, integer(32, 0, 2 ** 31 - 1), type, options], lends: true },
  directDeserialiseFromChecked: {
    args: [fills, integer(32, 0, 2 ** 31 - 1), type, options],
    lends: true,
  },
  directSerialiseBuf: { args: [someBytes(32), serialisable] },
  directSerialiseBufChecked: { args: [someBytes(32), serialisable] },
  directSerialiseTo: { args: [writes, integer(32, 0, 2 ** 31 - 1), serialisable], lends: true },
  directSerialiseToChecked: {
    args: [writes, integer(32, 0, 2 ** 31 - 1), serialisable],
    lends: true,
  },
  checkBytes: { args: [label('bytes'), someBytes(32)] },
  checkFunction: { args: [label('use'), fn()] },
  checkInteger: { args: [label('size'), integer(32, 1, 64), label(1), label(64)] },
  checkMethod: {
    args: [label('value'), having('directSerialise', serialisable.make), label('directSerialise')],
  },
  checkOptions: { args: [optionsOf({}, () => true)] },
  bufferBehind: { args: [any] },
  isBytes: { args: [any] },
  isUnfinished: { args: [any] },
  pullWhole: { args: [fn(), someBytes(32)] },
  pushWhole: { args: [fn(), someBytes(32)] },
  sizeOfBytes: { args: [label('bytes'), someBytes(32)] },
  wrongType: { args: [label('seed'), label('a seed'), any] },
  wrongValue: { args: [label('seed'), label('32 bytes'), label('31 bytes')] },
};

const mlockedBytes: Record<string, Entry> = {
  'LockedValue#get released': { receiver: anyLocked, afterRelease: true },
  'LockedValue#release': { receiver: anyLocked, afterRelease: true },
  'LockedValue#describe': { receiver: anyLocked, afterRelease: true },
  'LockedValue#[nodejs.dispose]': { receiver: anyLocked, afterRelease: true },
  ...printing(anyLocked, 'LockedValue'),
  'MLockedBytes.newZeroed': { args: [lockedSize, options] },
  'MLockedBytes.fromBytes': { args: [someBytes(32), options] },
  'MLockedBytes.type': { args: [lockedSize] },
  'MLockedBytes.type().directDeserialise': { args: [fn(), options], lends: 'view' },
  'MLockedBytes#get size': { receiver: mlocked, afterRelease: true },
  'MLockedBytes#withBytes': { receiver: mlocked, args: [fn()], lends: 'view' },
  'MLockedBytes#zero': { receiver: mlocked },
  'MLockedBytes#copyFrom': { receiver: mlocked, args: [mlocked, optional(integer(0, 0, 16))] },
  'MLockedBytes#clone': { receiver: mlocked, args: [options] },
  'MLockedBytes#equals': { receiver: mlocked, args: [mlocked] },
  'MLockedBytes#directSerialise': { receiver: mlocked, args: [fn()], lends: 'view' },
  'MappingAllocator#allocate': { receiver: receivers.mapping, args: [lockedSize, alignment] },
  'new PooledAllocator': {},
  'PooledAllocator#allocate': { receiver: receivers.pool, args: [lockedSize, alignment] },
  'PooledAllocator#usage': { receiver: receivers.pool },
  'PooledAllocator#trim': { receiver: receivers.pool },
  allocateSlot: { args: [lockedSize, options] },
  checkLocked: { args: [label('bytes'), mlocked, label(MLockedBytes), label('locked bytes')] },
  lockStatus: {},
  preflight: { args: [lockedKind, optionsOf({ count: 1 }, () => true)] },
  setLockPolicy: { args: [policy] },
  withMLockedBytes: { args: [lockedSize, fn(), options], lends: true },
  'Slot#get unsoundBytes': { receiver: receivers.pooledSlot },
  'Slot#get released': { receiver: receivers.pooledSlot },
  'Slot#release': { receiver: receivers.pooledSlot },
};

const mlockedSeed: Record<string, Entry> = {
  'MLockedSeed.newZeroed': { args: [seedSize, options] },
  'MLockedSeed.newRandom': { args: [seedSize, options] },
  'MLockedSeed.fromBytes': { args: [someBytes(32), options] },
  'MLockedSeed.type': { args: [seedSize] },
  'MLockedSeed.type().directDeserialise': { args: [fn(), options], lends: 'view' },
  'MLockedSeed#get size': { receiver: anySeed, afterRelease: true },
  'MLockedSeed#clone': { receiver: anySeed, args: [options] },
  'MLockedSeed#withBytes': { receiver: anySeed, args: [fn()], lends: 'view' },
  'MLockedSeed#equals': { receiver: anySeed, args: [anySeed] },
  'MLockedSeed#expand': { receiver: anySeed, args: [options] },
  'MLockedSeed#directSerialise': { receiver: anySeed, args: [fn()], lends: 'view' },
  blake2b256: { args: [message] },
  checkSeed: { args: [label('seed'), seed, label(32)] },
};

const dsignEd25519: Record<string, Entry> = {
  'Ed25519SigningKey.generate': { args: [seed, options] },
  'Ed25519SigningKey.directDeserialise': { args: [pull(ed25519), options], lends: 'view' },
  'Ed25519SigningKey#sign': { receiver: edKey, args: [message] },
  'Ed25519SigningKey#deriveVerificationKey': { receiver: edKey },
  'Ed25519SigningKey#clone': { receiver: edKey, args: [options] },
  'Ed25519SigningKey#seed': { receiver: edKey, args: [options] },
  'Ed25519SigningKey#describe': { receiver: edKey },
  'Ed25519SigningKey#directSerialise': { receiver: edKey, args: [fn()], lends: 'view' },
  'ed25519.generateKey': { args: [seed, options] },
  'ed25519.directDeserialise': { args: [pull(ed25519), options], lends: 'view' },
  'ed25519.verify': { args: [verificationKey(ed25519), message, signature(ed25519)] },
};

const kesSingle: Record<string, Entry> = {
  compactSingleKes: { args: [dsign] },
  singleKes: { args: [dsign] },
  rustSigningKey: { args: [having('directSerialise', kesKey.make)] },
  'rustSigningKey().directSerialise': { args: [fn()], lends: 'view' },
  rustSigningKeyType: { args: [kesAlgorithm] },
  'rustSigningKeyType().directDeserialise': { args: [rustPull, kesOptions], lends: 'view' },
  'Algorithm#generateKey': { receiver: receivers.sum, args: [seed, options] },
  'Algorithm#directDeserialise': {
    receiver: receivers.sum,
    args: [pull(sum2Kes), kesOptions],
    lends: 'view',
  },
  'Algorithm#verify': {
    receiver: receivers.sum,
    args: [verificationKey(sum2Kes), integer(0, -Infinity, Infinity), message, signature(sum2Kes)],
  },
  ...ofKey('SingleKesSigningKey', singleKey),
};

function ofKey(name: string, receiver: Kind): Record<string, Entry> {
  return {
    [`${name}#get algorithm`]: { receiver, afterRelease: true },
    [`${name}#get period`]: { receiver },
    [`${name}#sign`]: { receiver, args: [message] },
    [`${name}#update`]: { receiver, ...(receiver === singleKey ? { refuses: true } : {}) },
    [`${name}#updateTo`]: { receiver, args: [integer(0, 0, 3)] },
    [`${name}#deriveVerificationKey`]: { receiver },
    [`${name}#clone`]: { receiver, args: [options] },
    [`${name}#describe`]: { receiver },
    [`${name}#directSerialise`]: { receiver, args: [fn()], lends: 'view' },
  };
}

const kesSum: Record<string, Entry> = {
  sumKes: { args: [inner('sum')] },
  compactSumKes: { args: [inner('compact')] },
  sumKesOfDepth: { args: [dsign, integer(2, 0, 20)] },
  compactSumKesOfDepth: { args: [dsign, integer(2, 0, 20)] },
  ...ofKey('SumKesSigningKey', sumKey),
  verifyMany: { args: [kesAlgorithm, verifications] },
};

const directSerialiseIo: Record<string, Entry> = {
  directDeserialiseFromDescriptor: { args: [io.readable, io.size, type, io.options], slow: true },
  directDeserialiseFromFile: { args: [io.path, io.size, type, io.options], slow: true },
  directSerialiseToDescriptor: { args: [io.writable, io.size, serialisable], slow: true },
  directSerialiseToFile: { args: [io.newPath, io.size, serialisable, io.allocation], slow: true },
  directSerialiseToSocket: {
    args: [io.socket, io.size, staged, io.sendOptions],
    async: true,
    slow: true,
  },
  directSerialiseToChild: {
    args: [io.child, io.stdio, io.size, staged, io.sendOptions],
    async: true,
    slow: true,
  },
  'LockedConnection.connect': { args: [io.target, io.sendOptions], async: true, slow: true },
  'LockedConnection.takeOver': { args: [io.fresh, io.allocation], async: true, slow: true },
  'LockedConnection#get destroyed': { receiver: io.connection, async: true, slow: true },
  'LockedConnection#send': {
    receiver: io.connection,
    args: [io.size, staged, io.sendOptions],
    async: true,
    slow: true,
  },
  'LockedConnection#ended': {
    receiver: io.connection,
    args: [io.waitOptions],
    async: true,
    slow: true,
  },
  'LockedConnection#endSending': { receiver: io.connection, async: true, slow: true },
  'LockedConnection#receive': {
    receiver: io.connection,
    args: [io.size, type, io.timeOptions],
    async: true,
    slow: true,
  },
  'LockedConnection#close': {
    receiver: io.quiet,
    args: [io.closeOptions],
    async: true,
    slow: true,
  },
  'LockedConnection#destroy': { receiver: io.connection, async: true, slow: true },
  'LockedConnection#[nodejs.asyncDispose]': { receiver: io.connection, async: true, slow: true },
};

const lockFiles: Record<string, Entry> = {
  holdLockFile: {
    args: [io.lockedPath, kinds.optionsOf({ exclusive: true }, () => true)],
    slow: true,
  },
  'HeldLock#within': { receiver: io.heldLock, args: [kinds.fn()], slow: true },
  'HeldLock#isCurrent': { receiver: io.heldLock, slow: true },
  'HeldLock#release': { receiver: io.heldLock, slow: true },
  'HeldLock#[nodejs.dispose]': { receiver: io.heldLock, slow: true },
};

export const table: Record<string, Entry> = {
  ...directSerialise,
  ...mlockedBytes,
  ...mlockedSeed,
  ...dsignEd25519,
  ...vrfPraos,
  ...kesVerify,
  ...kesSingle,
  ...kesSum,
  ...directSerialiseIo,
  ...lockFiles,
  ...cardanoDmq,
  ...cardanoKes,
  ...kesAgent,
  ...memoryScan,
  ...testVectors,
};

/** Functions that are not called with hostile arguments, and why. */
export const excluded = {
  sameBytes: 'internal: compares public bytes that were checked',
  'new LockedValue': 'takes the slot of an allocator; authors of locked types call it',
  'new MLockedBytes': 'private: newZeroed and fromBytes check their arguments',
  'new MLockedSeed': 'likewise',
  'ed25519.leaf.generate':
    'the native function on memory that was checked: for composed keys, not for applications',
  'ed25519.leaf.sign': 'likewise',
  'ed25519.leaf.verify': 'likewise',
  releaseAll: 'releases what the other calls use: its own tests',
  certificateOf: 'internal: takes the fields of a certificate from decoded items',
  checkCertificate: 'internal: verifyCertificate calls it, with hostile values',
  decodeItem: 'internal: its callers check the bytes; parseHeader and parseDmqMessage call it',
  encodeItem: 'internal: encodes items that were checked',
  arrayAt: 'internal: as decodeItem',
  number: 'internal: describes the shape of an item',
  bytes: 'internal: likewise',
  judgeGroup: 'internal: judges headers that readHeaders cut; verifyDatabase calls it',
  readHeaders: 'internal: verifyDatabase checks the path',
  filesOf: 'internal: likewise',
  notRead: 'internal: the words for an error',
  chunkOf: 'internal: a member of a group',
  nameOfCut: 'internal: the name of a place',
  numberOfChunk: 'internal: the number in a name',
  judgedBefore: 'internal: verifyDatabase continues nothing; kes header verify does',
  checkJudged: 'internal: likewise',
  stateText: 'internal: likewise',
  stateIn: 'internal: likewise; its tests read made-up states',
  'new ChainNonces': 'internal: verifyDatabase checks the epochs',
  'ChainNonces#of': 'internal',
  'ChainNonces#get state': 'internal',
  'new Tally': 'internal: counts what judgeGroup returns, and so do its methods',
  'Tally#count': 'internal',
  'Tally#get counts': 'internal',
  'Tally#get state': 'internal',
  'Tally#get result': 'internal',
  'Tally#get all': 'internal',
  checkPath: 'internal: the check of a path, which every function of files calls',
  attempt: 'internal: calls what it is given, and names a file in the error',
  close: 'internal: closes the descriptor that it is given',
  isOpenToOthers: 'internal: looks at what the system states',
  openSecret: 'internal: its callers check the path',
  wayTo: 'internal: likewise',
  exchangeableOn: 'internal: looks at what the system states',
  placeInWords: 'internal: likewise',
  rootAndUser: 'internal: takes no argument',
  isFileError: 'internal: compares the reason of an error',
  systemWords: 'internal: the words for the code of an error',
  identityOf: 'internal: takes three numbers from what the system states',
  replacedBy: 'internal: the check of an option of directSerialiseToFile',
  withLockedMemory: 'internal: allocateSlot for the duration of a call',
  writeDurably: 'internal: directSerialiseToFile checks its arguments',
  'new PreparedFile': 'internal: a step of writeDurably, and so are its methods',
  'PreparedFile#get isInPlace': 'internal',
  'PreparedFile#publish': 'internal',
  'PreparedFile#giveUp': 'internal',
  'PreparedFile#close': 'internal',
  eraseLeftover: 'internal: a step of eraseLeftovers, which checks the path',
  lockStateOf: 'internal: its callers give the path of a socket; it reads a public file',
  'new HeldLock': 'internal: holdLockFile makes it, of a lock that it has checked',
  'new Agent': 'private: Agent.start checks its arguments',
  'new SignClient': 'private: it takes what SignClient.connect makes',
  'new LockedConnection': 'private: it takes what connect and takeOver make',
  'new Ed25519SigningKey': 'private: javascript-only.test.ts',
  'new VrfSigningKey': 'likewise',
  'new ExtendedSigningKey': 'likewise',
  default:
    'the worker of kes-verify-pool: it is called by the pool alone, with batches of the pool',
  'KesVerifyPool.start': 'starts threads: hostile options, items and signals are in its own tests',
  'new KesVerifyPool': 'private: likewise',
  'KesVerifyPool#get threads': 'likewise',
  'KesVerifyPool#verifyMany': 'likewise',
  'KesVerifyPool#close': 'likewise',
  'KesVerifyPool#[nodejs.asyncDispose]': 'likewise',
  'BytesPool.start': 'starts threads: hostile modules, options and items are in its own tests',
  'new BytesPool': 'private: likewise',
  'BytesPool#get threads': 'likewise',
  'BytesPool#judgeMany': 'likewise',
  'BytesPool#close': 'likewise',
  'BytesPool#[nodejs.asyncDispose]': 'likewise',
  bytesIn: 'the module of a BytesPool calls it, with the batch that the pool gave it',
};
