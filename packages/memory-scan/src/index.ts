/**
 * Finds each copy of a secret in the memory of a Linux process, in many encodings.
 *
 * @packageDocumentation
 */
export { type Encoding } from './encodings.js';
export { ArgumentError } from '@evolock/direct-serialise/arguments';
export { MemoryScanError, type MemoryScanErrorCode } from './errors.js';
export { MaskedNeedle } from './needle.js';
export { readMappings, waitUntilStopped, type Mapping, type WaitOptions } from './process.js';
export {
  describeFindings,
  type FileReport,
  type Finding,
  type ProcessReport,
  type UnreadableMemory,
} from './report.js';
export { scanFile, scanProcess, type ScanOptions } from './scan.js';
export { scanOwnProcess } from './scan-own-process.js';
export { type Hit } from './search.js';
