/**
 * DirectSerialise for files, pipes, sockets and child processes: keys leave and enter locked memory without a copy in
 * ordinary memory.
 *
 * @module
 */
export * from '@evolock/mlocked-bytes';
export {
  directDeserialiseFromDescriptor,
  directSerialiseToDescriptor,
  type ReadOptions,
} from './descriptor.js';
export {
  BusyError,
  ClosedEarlyError,
  FileError,
  IoAbortedError,
  IoTimeoutError,
  StreamError,
  SurplusError,
  type FileErrorReason,
} from './errors.js';
export { eraseFile, eraseLeftovers } from './files/erasing.js';
export { identityOfFile, type FileIdentity } from './system/identity.js';
export {
  KeyFile,
  type EvolvingAlgorithm,
  type KeyFileContent,
  type KeyFileOptions,
  type KeyFileUpdate,
} from './files/key-file.js';
export { HeldLock, holdLockFile, withLockFile } from './locks/lock-file.js';
export {
  directSerialiseToChild,
  directSerialiseToSocket,
  type SendOptions,
} from './sockets/send.js';
export {
  LockedConnection,
  type ConnectOptions,
  type ReceiveOptions,
} from './sockets/connection.js';
export type { Target } from './sockets/socket.js';
export type { WaitOptions } from './sockets/time-limit.js';
export { MAX_IO_SIZE, type ReadableType } from './staging.js';
