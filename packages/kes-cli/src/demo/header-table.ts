import Table from 'cli-table3';
import type { HeaderGroup } from './header-report.js';
import type { Colours } from './screen.js';

/** Names of networks carry remarks that would break the table on a narrow terminal. */
const NETWORK_WIDTH = 36;

/** Lines between columns and under the heading, and none around: a run should fit on a screen. */
const FRAMELESS = {
  top: '',
  'top-left': '',
  'top-mid': '',
  'top-right': '',
  bottom: '',
  'bottom-left': '',
  'bottom-mid': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  right: '',
  'right-mid': '',
};

/** Counts by network and era, as lines. */
export function headerTable(groups: readonly HeaderGroup[], colours: Colours): string[] {
  const table = new Table({
    head: ['network', 'era', 'headers', 'verified', 'failed'].map((name) => colours.bold(name)),
    colWidths: [NETWORK_WIDTH, null, null, null, null],
    colAligns: ['left', 'left', 'right', 'right', 'right'],
    // Colours of its own would come out on a pipe as well.
    chars: FRAMELESS,
    style: { head: [], border: [], compact: true },
  });
  for (const { network, era, headers, verified, failed } of groups) {
    table.push([
      network,
      era,
      headers,
      colours.green(String(verified)),
      failed === 0 ? '0' : colours.red(String(failed)),
    ]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
