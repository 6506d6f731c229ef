import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerText } from '../src/answer.js';
import { plain } from '../src/text.js';

describe('the text of an answer', () => {
  const KEY = '3d'.repeat(32);
  const COMMAND = `kes counter set '/a folder/${'x'.repeat(90)}' --next 8 --force`;
  const word = fc.stringMatching(/^[a-zé–]{1,24}$/);
  const prose = fc.array(word, { minLength: 1, maxLength: 40 }).map((words) => words.join(' '));

  test('fits 80 columns, keeps each word in its order, and breaks no key and no command', () => {
    fc.assert(
      fc.property(
        prose,
        prose,
        prose,
        fc.stringMatching(/^[a-z ]{1,40}$/),
        (one, two, last, name) => {
          const check = { valid: false, words: `${one}: ${COMMAND}; ${two}` };
          const facts = [
            [name, two],
            ['KES key', KEY],
            ['', KEY],
          ] as const;
          const answer = { checks: [check], facts, after: [`  ${last}`], json: {} };
          const lines = answerText(answer, plain);
          const isWhole = (line: string) => [COMMAND, KEY].includes(line.trim());
          for (const line of lines) expect(isWhole(line) || line.length <= 80).toBe(true);
          const text = (value: string) => value.replaceAll(/\s+/g, '');
          const all = ['✗', check.words, name, two, 'KES key', KEY, KEY, last].map(text);
          expect(text(lines.join(' '))).toBe(all.join(''));
          expect(lines.map((line) => line.trim())).toContain(COMMAND);
        },
      ),
    );
  });
});
