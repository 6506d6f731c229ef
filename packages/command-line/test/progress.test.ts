/** The progress of long work on standard error. */
import { describe, expect, test } from 'vitest';
import { Progress } from '../src/progress.js';

describe('the progress of long work', () => {
  /** Runs 500 headers of 10 bytes in batches of 50, one every second. */
  function shown(isTTY: boolean, total?: number): string {
    let text = '';
    let seconds = 0;
    const write = (part: string | Uint8Array) => (text += String(part));
    const now = () => new Date(1000 * seconds);
    const progress = new Progress({ stderr: { isTTY, write }, now }, 'headers', total);
    for (let done = 0; done < 500; done += 50) {
      seconds += 1;
      progress.read(500);
      progress.advance(50);
    }
    progress.clear();
    return text;
  }

  const line = (text: string) => `\r\u001b[2K${text}`;

  test.each([
    ['a line with the rate', undefined, '200 headers, 50/s …', '400 headers, 50/s …'],
    [
      'a line with a bar and the time left, of a known total',
      5_000,
      '████████░░░░░░░░░░░░ 40 %, 200 headers, 50/s, 6 s left',
      '████████████████░░░░ 80 %, 400 headers, 50/s, 2 s left',
    ],
  ])('is %s on a terminal, and is removed at the end', (_what, total, first, second) => {
    expect(shown(true, total)).toBe(line(first) + line(second) + line(''));
    expect(shown(true, 5_000_000)).toContain('50/s, 3 h left');
    // It is not shown without a terminal.
    expect(shown(false, total)).toBe('');
  });
});
