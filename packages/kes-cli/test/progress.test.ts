import { wrongly } from '@evolock/test-support';
import { expect, it } from 'vitest';
import { Progress } from '../src/headers/progress.js';

interface Terminals {
  readonly stderr: boolean;
  readonly stdout: boolean;
}

function shown(terminals: Terminals, count: number, total?: number): string {
  let text = '';
  const write = (part: string | Uint8Array) => (text += String(part));
  const stderr = { isTTY: terminals.stderr, write };
  const surroundings = wrongly({ stderr, stdout: { isTTY: terminals.stdout } });
  const progress = new Progress(surroundings, 'headers judged', total);
  for (let done = 0; done < count; done += 1) {
    progress.read(10);
    progress.advance();
  }
  progress.end();
  return text;
}

const seen = { stderr: true, stdout: false };

it('long work is shown on a terminal, on one line that is gone at the end', () => {
  expect(shown(seen, 500)).toBe(
    '\r\u001b[2K200 headers judged …\r\u001b[2K400 headers judged …\r\u001b[2K',
  );
});

it('its share of the whole is shown where that is known', () => {
  expect(shown(seen, 500, 5_000)).toBe(
    '\r\u001b[2K200 headers judged, 40 % of the bytes read …\r\u001b[2K400 headers judged, 80 % of the bytes read …\r\u001b[2K',
  );
});

it('short work is not shown, nor any where there is no terminal or where verdicts are on it', () => {
  expect(shown(seen, 150)).toBe('');
  expect(shown({ stderr: false, stdout: false }, 500)).toBe('');
  expect(shown({ stderr: true, stdout: true }, 500)).toBe('');
});
