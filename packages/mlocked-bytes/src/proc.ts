import { readFileSync } from 'node:fs';

/**
 * One field of a file that the kernel writes, see proc(5).
 *
 * @returns What the first group of the pattern matched; `undefined` where the platform does not tell (everything but
 * Linux, or `/proc` is not mounted) and where the file has no such field.
 *
 * @internal
 */
export function procField(path: string, pattern: RegExp): string | undefined {
  try {
    return pattern.exec(readFileSync(path, 'latin1'))?.[1];
  } catch {
    return undefined;
  }
}

/**
 * A number of bytes in such a field: `unlimited` is `Infinity`.
 *
 * @param path - The file.
 * @param pattern - Its first group is the number.
 * @param unit - Bytes of the unit that the file counts in.
 *
 * @internal
 */
export function procBytes(path: string, pattern: RegExp, unit: number): number | undefined {
  const value = procField(path, pattern);
  if (value === undefined) return undefined;
  return value === 'unlimited' ? Infinity : Number(value) * unit;
}
