/**
 * The steps below `KeyFile`, for packages that write files in a format of their own.
 *
 * @module
 */
export { FileError, type FileErrorReason } from '../errors.js';
export { withLockedMemory } from '../staging.js';
export { PreparedFile, writeDurably, writeUnderLock, type DurableOptions } from './durable-file.js';
export { flushFolder, refuseUnflushable } from '../system/flush.js';
export { identityOf, identityOfFile, replacedBy, type FileIdentity } from '../system/identity.js';
export {
  beginsAsKeyFile,
  withKeyFile,
  type KeyFileHeader,
  type KeyFileParts,
} from './key-file-form.js';
export { eraseLeftover, eraseLeftovers, leftoversOf, removeLeftovers } from './erasing.js';
export { HeldLock, holdLockFile, withLockFile } from '../locks/lock-file.js';
export { lockStateOf, type LockState } from '../locks/lock.js';
export {
  attempt,
  checkPath,
  close,
  isFileError,
  isOpenToOthers,
  namingFile,
  type OpenedFile,
  openRegular,
  openSecret,
  otherRuntime,
} from '../system/calls.js';
export {
  exchangeableOn,
  placeInWords,
  rootAndUser,
  wayTo,
  type Place,
  type Way,
} from '../system/way.js';
