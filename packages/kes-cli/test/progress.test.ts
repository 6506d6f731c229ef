import { wrongly } from '@evolock/test-support';
import { expect, it } from 'vitest';
import { Progress } from '../src/headers/progress.js';

function shown(isTTY: boolean, count: number): string {
  let text = '';
  const stderr = { isTTY, write: (part: string | Uint8Array) => (text += String(part)) };
  const progress = new Progress(wrongly({ stderr }), 'headers verified');
  for (let done = 0; done < count; done += 1) progress.advance();
  progress.end();
  return text;
}

it('long work is shown on a terminal, on one line that is gone at the end', () => {
  expect(shown(true, 500)).toBe(
    '\r\u001b[2K200 headers verified …\r\u001b[2K400 headers verified …\r\u001b[2K',
  );
});

it('short work is not, nor any where there is no terminal', () => {
  expect(shown(true, 150)).toBe('');
  expect(shown(false, 500)).toBe('');
});
