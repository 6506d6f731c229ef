import { expect, it } from 'vitest';
import { Screen } from '../../src/demo/screen.js';

function shown(isTTY: boolean, show: (screen: Screen) => void): string {
  let text = '';
  show(new Screen({ isTTY, write: (part) => (text += String(part)) }, false));
  return text;
}

function work(screen: Screen): void {
  const progress = screen.progress('periods', 3);
  for (let done = 0; done < 3; done += 1) progress.advance();
  progress.end();
}

it('progress is drawn on one line of a terminal, which is cleared at the end', () => {
  const text = shown(true, work);
  expect(text).not.toContain('\n');
  expect(text).toContain('periods 2/3');
  expect(text.endsWith('periods 3/3\r\u001b[2K')).toBe(true);
});

it('progress is one plain line elsewhere', () => {
  expect(shown(false, work)).toBe('   periods …\n');
});

it('steps are numbered', () => {
  const text = shown(false, (screen) => {
    screen.step('one');
    screen.step('two');
  });
  expect(text).toBe('1  one\n2  two\n');
});
