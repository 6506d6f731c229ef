/**
 * What a package that writes files of its own format needs: the steps below {@link directSerialiseToFile} and
 * {@link directDeserialiseFromFile}.
 *
 * @module
 */
export { PreparedFile, writeDurably, type DurableOptions } from './durable-file.js';
export {
  attempt,
  close,
  FileError,
  isFileError,
  type FileErrorOptions,
  type FileErrorReason,
} from './file-error.js';
export {
  identityOf,
  identityOfFile,
  replacedBy,
  type FileIdentity,
  type Replaced,
} from './file-identity.js';
export { eraseLeftover, eraseLeftovers, leftoversOf } from './leftovers.js';
export { withLockFile } from './lock-file.js';
export { withLockedMemory } from './locked-memory.js';
export { checkPath } from './path.js';
export { isOpenToOthers, openSecret, type OpenedSecret } from './open-secret.js';
