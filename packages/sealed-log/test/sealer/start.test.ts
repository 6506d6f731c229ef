import { describe, expect, test } from 'vitest';
import { readKey, writeMaterial, type LogKey } from '../../src/format/key.js';
import { END, writeSealLine, type SealLine } from '../../src/format/seal.js';
import { decideStart, type FoundAtStart, type Start } from '../../src/sealer/start.js';

const origin = 'example.com/log';
const key: LogKey = readKey(origin, writeMaterial(3, 8, new Uint8Array(32)))!;

/** A seal line of a number. Others of the same number differ by their root. */
function lineOf(
  number: number,
  { flags = 0, time = number, size = number, root = 0 } = {},
): SealLine {
  const seal = {
    ...{ number, time, flags, size, successor: undefined },
    root: new Uint8Array(32).fill(root),
    signature: new Uint8Array(192),
  };
  return { line: writeSealLine(seal).trimEnd(), seal };
}

function start(
  line: FoundAtStart['line'],
  next: number | 'no key' | 'no file',
  last: SealLine | undefined,
  { verifies = false, of = origin, hasSeals = true } = {},
): Start {
  const found = {
    key: of === origin ? key : readKey(of, key.material)!,
    next: typeof next === 'number' ? next : undefined,
    last,
  };
  return decideStart({
    origin,
    keyFile: next === 'no file' ? undefined : found,
    hasSeals,
    line,
    verifies: () => verifies,
  });
}

const goOn = (append: boolean) => ({ do: 'go-on', append });
const finish = (append: boolean) => ({ do: 'finish', append });
const refuse = (reason: string, more = {}) => ({
  do: 'refuse',
  reason,
  ...more,
});
const end = { flags: END };

describe('each row of the table of a start', () => {
  test.each([
    [
      'no seal and no key file: a new log',
      start(undefined, 'no file', undefined),
      { do: 'create' },
    ],
    ['no seal, and a key that made none', start(undefined, 8, undefined), goOn(false)],
    ['the last line is that of the key file', start(lineOf(9), 10, lineOf(9)), goOn(false)],
    [
      'the line of the key file is missing',
      start(lineOf(9), 11, lineOf(10), { verifies: true }),
      goOn(true),
    ],
    [
      'and the line before it is of another log',
      start(lineOf(9), 11, lineOf(10)),
      refuse('wrong-line'),
    ],
    ['and the line before it is of the key before', start(lineOf(7), 9, lineOf(8)), goOn(true)],
    ['the first line is missing', start(undefined, 1, lineOf(0)), goOn(true)],
    [
      'and the file of seals, as beside the name of another log',
      start(undefined, 1, lineOf(0), { hasSeals: false }),
      refuse('no-seals', { from: 0, to: 0 }),
    ],
    [
      'that line has an earlier time than the last',
      start(lineOf(9, { time: 11 }), 11, lineOf(10), { verifies: true }),
      refuse('wrong-line'),
    ],
    [
      'that line has a smaller size than the last',
      start(lineOf(9, { size: 11 }), 11, lineOf(10), { verifies: true }),
      refuse('wrong-line'),
    ],
    [
      'an end that was signed',
      start(lineOf(9), 'no key', lineOf(10, end), { verifies: true }),
      finish(true),
    ],
    ['an end of one seal', start(undefined, 'no key', lineOf(0, end)), finish(true)],
    ['an end that was appended', start(lineOf(10, end), 'no key', lineOf(10, end)), finish(false)],
    [
      'an end, and another line',
      start(lineOf(10), 'no key', lineOf(10, end)),
      refuse('wrong-line'),
    ],
    [
      'an end, and lines are missing',
      start(lineOf(7), 'no key', lineOf(10, end)),
      refuse('missing-seals', { from: 8, to: 9 }),
    ],
    ['the last line is an end', start(lineOf(9, end), 10, lineOf(9)), refuse('ended')],
    [
      'the last line is an end, no key file',
      start(lineOf(9, end), 'no file', undefined),
      refuse('ended'),
    ],
    [
      'an old copy of the key',
      start(lineOf(11), 10, lineOf(9), { verifies: true }),
      { ...goOn(false), unprotected: { from: 10, to: 11 } },
    ],
    [
      'a key that made no seal, and its first ones exist',
      start(lineOf(9), 8, undefined, { verifies: true }),
      { ...goOn(false), unprotected: { from: 8, to: 9 } },
    ],
    [
      'an old copy of the key whose last seal was made',
      start(lineOf(15), 10, lineOf(9), { verifies: true }),
      refuse('lost-successor'),
    ],
    ['an earlier key', start(lineOf(20), 10, lineOf(9)), refuse('earlier-key')],
    [
      'seals are missing',
      start(lineOf(8), 12, lineOf(11)),
      refuse('missing-seals', { from: 9, to: 10 }),
    ],
    [
      'all seals are missing',
      start(undefined, 3, lineOf(2)),
      refuse('no-seals', { from: 0, to: 2 }),
    ],
    ['another last line', start(lineOf(9, { root: 1 }), 10, lineOf(9)), refuse('wrong-line')],
    ['a last line that is not of the form', start('damaged', 10, lineOf(9)), refuse('wrong-line')],
    [
      'a key without a seal, and an earlier line',
      start(lineOf(7), 8, undefined),
      refuse('wrong-line'),
    ],
    ['no key file', start(lineOf(9), 'no file', undefined), refuse('no-key')],
    ['no key file, a damaged line', start('damaged', 'no file', undefined), refuse('no-key')],
    [
      'the key file of another log',
      start(lineOf(9), 10, lineOf(9), { of: 'example.com/other' }),
      refuse('other-log'),
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});
