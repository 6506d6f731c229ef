/**
 * DirectSerialise for real destinations: keys go from locked memory to files, pipes, sockets and child processes, and
 * back, without a copy in ordinary memory.
 *
 * @module
 */
export { ArgumentError, EvolockError, SizeCheckError } from '@evolock/direct-serialise';
export type { DirectDeserialise, DirectSerialise } from '@evolock/direct-serialise';
export type { AllocationOptions, MLockedAllocator, MLockedSlot } from '@evolock/mlocked-bytes';
export { directSerialiseToChild } from './child.js';
export { ClosedEarlyError } from './closed-early-error.js';
export {
  BusyError,
  LockedConnection,
  type ConnectOptions,
  type ReceiveOptions,
} from './connection.js';
export {
  directDeserialiseFromDescriptor,
  directSerialiseToDescriptor,
  type ReadOptions,
} from './descriptor.js';
export { FileError, type FileErrorOptions, type FileErrorReason } from './files/file-error.js';
export { identityOfFile, type FileIdentity } from './files/file-identity.js';
export { directDeserialiseFromFile, type FileReadOptions } from './files/key-file.js';
export { eraseLeftovers, leftoversOf } from './files/leftovers.js';
export { withLockFile } from './files/lock-file.js';
export { directSerialiseToFile, type FileWriteOptions } from './files/to-file.js';
export { MAX_IO_SIZE } from './io-size.js';
export { directSerialiseToSocket, type SendOptions } from './send.js';
export { StreamError } from './stream-error.js';
export { SurplusError } from './surplus-error.js';
export type { Target } from './target.js';
export { IoAbortedError, IoTimeoutError, type TimeOptions } from './time-limit.js';
