/**
 * Finds every copy of a secret in the memory of a Linux process, in many encodings, and never its own.
 *
 * @packageDocumentation
 */
export { describeFindings } from './describe-findings.js';
export { ENCODINGS, type Encoding } from './encoding.js';
export { MemoryScanError, type MemoryScanErrorCode } from './error.js';
export { type Hit } from './hit.js';
export { parseMappings, type Mapping } from './mapping.js';
export { MaskedNeedle } from './masked-needle.js';
export { type UnusedFragments } from './pattern-table.js';
export { readMappings } from './read-mappings.js';
export {
  type FileReport,
  type Finding,
  type ProcessReport,
  type SearchReport,
  type UnreadableMemory,
} from './report.js';
export { scanFile } from './scan-file.js';
export { type ProcessScanOptions, type ScanOptions } from './scan-options.js';
export { scanOwnProcess } from './scan-own-process.js';
export { scanProcess } from './scan-process.js';
export { waitUntilStopped, withStoppedProcess, type WaitOptions } from './stopped-process.js';
