/** The line that a log has now in the place of a sealed one. It may be a key, so the page shows it after the test of a paste. */
import { grouped, quoted, type Report } from '../reports/report.js';
import { mayContainKey } from './input.js';

/** The report, which begins with the changed line. */
export async function withChangedLine(report: Report): Promise<Report> {
  const { changedLine: { line, text } = {}, sentences, ...rest } = report;
  if (line === undefined || text === undefined) return report;
  const content = (await mayContainKey(text))
    ? 'not shown, because it may contain a key'
    : quoted(text);
  return { ...rest, sentences: [`Line ${grouped(line)} is now: ${content}.`, ...sentences] };
}
