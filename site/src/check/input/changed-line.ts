/** The line that a log has now in the place of a sealed one. It may be a key, so the page shows it after the test of a paste. */
import { grouped, quoted, visible, type Report } from '../reports/report.js';
import { mayContainKey } from './input.js';

/** The report, which begins with the changed line. */
export async function withChangedLine(report: Report): Promise<Report> {
  const { changedLine, sentences, ...rest } = report;
  if (changedLine === undefined) return report;
  const { line, text, isChanged } = changedLine;
  const content = (await mayContainKey(text)) ? NOT_SHOWN : quoted(text);
  const now = `Line ${grouped(line)} is now: ${content}.`;
  return {
    ...rest,
    sentences: [now, ...(isChanged && /^ *$/.test(text) ? [BLANK] : []), ...sentences],
  };
}

const NOT_SHOWN = 'not shown, because it may contain a key';

/** A line of a log as it can be shown; `undefined` when it may contain a key. */
export async function shownText(text: string): Promise<string | undefined> {
  return (await mayContainKey(text)) ? undefined : visible(text);
}

const BLANK =
  'A blank line can be a lawful erasure or a theft, and no record in the log proves which, since anybody could have written it. What was erased lawfully is accepted by its number, under What you accept.';
