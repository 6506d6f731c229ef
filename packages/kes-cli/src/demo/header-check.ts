/** The second part of a run: every header of a file. */
import { DemoError } from './demo-error.js';
import { reportOn, type HeaderReport } from './header-report.js';
import { headerTable } from './header-table.js';
import type { HeaderEntry } from './real-headers-file.js';
import type { Screen } from './screen.js';

/** More than these would push the result off the screen. */
const MAX_LISTED = 5;

/**
 * Verifies every header and shows what came of it.
 *
 * @throws {@link DemoError} `HEADERS_FAILED` when a header came out otherwise than the file says, or none was judged.
 */
export function checkHeaders(entries: readonly HeaderEntry[], screen: Screen): void {
  screen.step('Real block headers: the certificate and the KES signature over the original bytes');
  const report = reportOn(entries);
  for (const line of headerTable(report.groups, screen.colours)) screen.line(line);
  list(report.unjudged, (line) => screen.line(`not judged: ${line}`));
  list(report.mismatches, (line) => screen.failure(line));
  screen.note('NOT checked, as it takes the state of the ledger: VRF, stake, certificate counters');
  conclude(report, screen);
}

function conclude({ judged, mismatches }: HeaderReport, screen: Screen): void {
  if (judged === 0) throw new DemoError('HEADERS_FAILED', 'no header of the file could be judged');
  if (mismatches.length > 0) {
    throw new DemoError(
      'HEADERS_FAILED',
      `${mismatches.length} of ${judged} headers came out otherwise than the file expects`,
    );
  }
  screen.proof(`all ${judged} headers came out as the file expects`);
}

function list(lines: readonly string[], show: (line: string) => void): void {
  for (const line of lines.slice(0, MAX_LISTED)) show(line);
  if (lines.length > MAX_LISTED) show(`and ${lines.length - MAX_LISTED} more`);
}
