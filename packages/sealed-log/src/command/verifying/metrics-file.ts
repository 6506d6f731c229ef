/** The file of metrics of a command, which replaces that of the run before and no other file. */
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { usage } from '@evolock/command-line/errors';
import { checkMetricsName, metricsContent } from '@evolock/command-line/files/metrics';
import { printable } from '@evolock/command-line/text';
import { writeDurably } from '@evolock/direct-serialise-io/files';

/** Refuses a name that node_exporter passes over, and a file that is no file of such metrics. */
export function checkMetricsFile(path: string): void {
  checkMetricsName(path);
  if (!existsSync(path)) return;
  const isOurs =
    lstatSync(path).isFile() && /^(?:# HELP sealed_log_|$)/.test(readFileSync(path, 'utf8'));
  if (!isOurs)
    throw usage(
      `--prometheus ${printable(path)}: it is another file, and only metrics of sealed-log are replaced: choose another name`,
    );
}

export function writeMetrics(path: string, lines: readonly string[]): void {
  writeDurably(path, metricsContent(lines), { replace: true, secret: false });
}
