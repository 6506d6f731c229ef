/** Files of metrics for node_exporter. */
import { readSync } from 'node:fs';
import { CommandError } from '../cli/errors.js';
import { printable } from '../cli/text.js';

/** What every file of metrics that `kes` writes begins with. */
const START = '# HELP kes_certificate_';

/**
 * Whether a file begins like metrics that `kes` wrote. Reads no further: other files may be keys.
 *
 * @param fd - Open for reading. Its position does not change.
 */
export function isMetricsFile(fd: number): boolean {
  const content = Buffer.alloc(START.length);
  return content.toString('latin1', 0, readSync(fd, content, 0, START.length, 0)) === START;
}

/** Refuses a file that node_exporter would not read. */
export function checkMetricsName(option: string, path: string): void {
  if (path.endsWith('.prom')) return;
  throw new CommandError(
    'usage',
    `${option} ${printable(path)}: node_exporter reads files that end in .prom only: choose such a name`,
  );
}
