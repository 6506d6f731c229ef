import { counted } from '../printable.js';

/** An amount of memory for a person. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1_024) return counted(bytes, 'byte');
  if (bytes < 1_048_576) return `${Math.round(bytes / 1_024)} KiB`;
  if (bytes < 1_073_741_824) return `${Math.round(bytes / 1_048_576)} MiB`;
  return `${(bytes / 1_073_741_824).toFixed(1)} GiB`;
}
