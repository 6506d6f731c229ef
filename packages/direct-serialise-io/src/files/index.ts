/**
 * The steps below `KeyFile`, for packages that write files in a format of their own.
 *
 * @module
 */
export { FileError, type FileErrorReason } from '../errors.js';
export { withLockedMemory } from '../staging.js';
export { PreparedFile, writeDurably, writeUnderLock, type DurableOptions } from './durable-file.js';
export { flushFolder, refuseUnflushable } from './flush.js';
export { identityOf, identityOfFile, replacedBy, type FileIdentity } from './identity.js';
export { withKeyFile, type KeyFileHeader, type KeyFileParts } from './key-file-form.js';
export { eraseLeftover, eraseLeftovers, leftoversOf, removeLeftovers } from './erasing.js';
export { HeldLock, holdLockFile, withLockFile } from './lock-file.js';
export { lockStateOf, type LockState } from './lock.js';
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
} from './system.js';
export { exchangeableOn, placeInWords, rootAndUser, wayTo, type Place, type Way } from './way.js';
