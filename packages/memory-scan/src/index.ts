/**
 * Finds each copy of a secret in the memory of a Linux process, in many encodings.
 *
 * @packageDocumentation
 */
export { type Encoding } from './search/encoding.js';
export { MemoryScanError, type MemoryScanErrorCode } from './errors.js';
export { type Hit } from './search/hit.js';
export { MaskedNeedle } from './search/masked-needle.js';
export { readMappings, type Mapping } from './process/mappings.js';
export {
  describeFindings,
  type FileReport,
  type Finding,
  type ProcessReport,
  type UnreadableMemory,
} from './report.js';
export { scanFile } from './scan-file.js';
export { type ScanOptions } from './scan-options.js';
export { scanOwnProcess } from './scan-own-process.js';
export { scanProcess } from './scan-process.js';
export {
  waitUntilStopped,
  withStoppedProcess,
  type WaitOptions,
} from './process/stopped-process.js';
