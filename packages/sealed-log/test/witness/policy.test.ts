// Policies against a model that tries every time, lines that a policy may not have, and the vectors of C2SP.
import { codeOf } from '@evolock/test-support';
import { externalText } from '@evolock/test-support/external';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWitnessPolicy } from '../../src/verify/index.js';
import { mlDsaLine, NotesKey, textOf, witnessOf } from '../support/witnesses.js';

const text = 'log.example/a\n3\nsVpgd2w5iyxhmxRFE3NQpgQna7ED+bhy1Voy/iBnW0w=\n';
const log = new NotesKey('log.example/a', 1, 17);
const witnesses = [1, 2, 3, 4, 5].map(witnessOf);
const W = witnesses.map(({ verifierKey }) => verifierKey);

/** A group of witnesses and of groups, or a witness. */
type Tree = number | { readonly threshold: number; readonly members: readonly Tree[] };

/** Each witness once, in groups of any depth. */
const trees: fc.Arbitrary<Tree> = fc
  .record({
    order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 1 }),
    steps: fc.array(fc.record({ take: fc.integer({ min: 1, max: 3 }), threshold: fc.nat(2) }), {
      minLength: 4,
      maxLength: 4,
    }),
  })
  .map(({ order, steps }) => {
    let rest: Tree[] = order;
    for (const { take, threshold } of steps) {
      const members = rest.slice(0, take);
      const most = Math.min(threshold + 1, members.length);
      rest = [...rest.slice(take), { threshold: most, members }];
    }
    return { threshold: 1, members: rest };
  });

/** Whether the cosignatures of a time or earlier meet a tree. */
function isMetBy(tree: Tree, times: readonly number[][], at: number): boolean {
  if (typeof tree === 'number') return times[tree]!.some((time) => time <= at);
  return tree.members.filter((each) => isMetBy(each, times, at)).length >= tree.threshold;
}

/** The lines of the groups of a tree, and its name. */
function linesOf(tree: Tree, lines: string[]): string {
  if (typeof tree === 'number') return `w${tree}`;
  const members = tree.members.map((each) => linesOf(each, lines));
  const name = `g${lines.length}`;
  lines.push(`group ${name} ${tree.threshold} ${members.join('\t ')}`);
  return name;
}

const NOW = 10_000;

test('the time is the least one for which the cosignatures of it or earlier ones are enough', () => {
  const times = fc.array(
    fc.array(fc.integer({ min: NOW + 290, max: NOW + 305 }), { maxLength: 2 }),
    {
      minLength: 5,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(trees, times, (tree, given) => {
      const lines: string[] = [];
      const quorum = linesOf(tree, lines);
      const policy = readWitnessPolicy(
        [
          ...W.map((key, at) => ` witness w${at}  ${key}\thttps://w/`),
          ...lines,
          `quorum ${quorum}`,
          '',
        ].join('\n'),
      );
      const cosignatures = given.flatMap((each, at) =>
        each.map((time) => witnesses[at]!.line(text, time)),
      );
      const note = [`${text}\n${log.line(text)}`, ...cosignatures].join('');
      const counted = given.map((each) => each.filter((time) => time <= NOW + 300));
      const met = counted.flat().filter((at) => isMetBy(tree, counted, at));
      const time = met.length === 0 ? undefined : Math.min(...met);
      const { isMet, witnessed } = policy.judge(note, new Date(NOW * 1000));
      expect([isMet, witnessed?.time]).toEqual([time !== undefined, time]);
      if (time === undefined) return;
      const names = counted.flatMap((each, at) =>
        each.some((each) => each <= time) ? [`w${at}`] : [],
      );
      expect(witnessed).toMatchObject({ size: 3, names });
    }),
    { numRuns: 40 },
  );
});

test('a byte of a cosigned note that is changed never makes it say more', () => {
  const { line, verifierKey } = mlDsaLine('witness.example/pq');
  const policy = readWitnessPolicy(
    `log ${log.verifierKey}\nwitness w1 ${W[0]}\nwitness w2 ${W[1]}\nwitness pq ${verifierKey}\ngroup all all w1 w2\nquorum all\n`,
  );
  const [one, two] = witnesses as [NotesKey, NotesKey];
  const short = `${text}\n${log.line(text)}${one.line(text, 90)}${two.line(text, 100)}`;
  const whole = policy.judge(short + line);
  expect(whole).toMatchObject({ witnessed: { time: 100, names: ['w1', 'w2'] }, notJudged: ['pq'] });
  const bytes = Buffer.from(short);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1 << (at % 7);
    expect(policy.judge(changed).isMet, `byte ${at}`).toBe(false);
  }
});

test('who signed a note of a log that the policy does not list, or cosigned at no time, is not counted', () => {
  const other = new NotesKey('log.example/b', 1, 18);
  const policy = readWitnessPolicy(`log ${log.verifierKey}\nwitness w1 ${W[0]}\nquorum w1\n`);
  const judge = (...lines: string[]) => policy.judge(`${text}\n${lines.join('')}`).isMet;
  const cosigned = witnesses[0]!.line(text, 5);
  expect(judge(log.line(text), cosigned)).toBe(true);
  expect(judge(log.line(text), witnesses[0]!.line(text, 0))).toBe(false);
  expect(judge(other.line(text), cosigned)).toBe(false);
  expect(judge(log.line(text))).toBe(false);
  const none = readWitnessPolicy(`log ${log.verifierKey}\nquorum none\n`);
  expect(none.judge(`${text}\n${log.line(text)}`)).toMatchObject({
    isMet: true,
    witnessed: undefined,
  });
  expect(none.judge(`${text}\n${other.line(text)}`).isMet).toBe(false);
});

const w = `witness w ${W[0]}\n`;
const x = `witness x ${W[1]}\n`;

describe('a policy is refused', () => {
  test.each<readonly [string, string | Uint8Array]>([
    ['without a quorum', w],
    ['with two', `${w}quorum w\nquorum w\n`],
    ['whose last line has no newline', `${w}quorum w`],
    ['with a carriage return', `${w}quorum w\r\n`],
    ['with a form feed', `${w}\fquorum w\n`],
    ['with a byte 7f', `${w}#\x7f\nquorum w\n`],
    ['with a comment behind a line', `${w}quorum w # all\n`],
    ['with an unknown line', `${w}quorums w\nquorum w\n`],
    ['whose quorum comes before its name', `quorum w\n${w}`],
    ['with a member that comes later', `group g any w\n${w}quorum g\n`],
    ['with a member twice', `${w}group g 1 w w\nquorum g\n`],
    ['with a member of two groups', `${w}group g any w\ngroup h any w\nquorum g\n`],
    ['with a group that has itself', `group g any g\nquorum g\n`],
    ['with an empty group', `group g all\nquorum none\n`],
    ['with 0 of a group', `${w}group g 0 w\nquorum g\n`],
    ['with more than all of a group', `${w}group g 2 w\nquorum g\n`],
    ['with a leading zero', `${w}group g 01 w\nquorum g\n`],
    ['with none as a name', `witness none ${W[0]}\nquorum none\n`],
    ['with none as a member', `${w}group g any none\nquorum g\n`],
    ['with a name twice', `${w}witness w ${W[1]}\nquorum w\n`],
    ['with the name of a witness for a group', `${w}${x}group w any x\nquorum w\n`],
    ['with a key twice', `${w}witness x ${W[0]}\nquorum w\n`],
    ['with a key of a witness for a log', `log ${W[0]}\nquorum none\n`],
    ['with a key of a log for a witness', `witness w ${log.verifierKey}\nquorum w\n`],
    [
      'with an ID that does not fit',
      `witness w ${W[0]!.replace(/\+.{8}\+/, '+00000000+')}\nquorum w\n`,
    ],
    ['with a key that is cut', `witness w ${W[0]!.slice(0, -4)}\nquorum w\n`],
    ['with a witness without a key', 'witness w\nquorum w\n'],
    ['with too much on a line', `log ${log.verifierKey} https://a/ b\nquorum none\n`],
    ['that is too long', `${'#\n'.repeat(1 << 20)}quorum none\n`],
  ])('%s', (_, policy) => {
    expect(codeOf(() => readWitnessPolicy(policy))).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  });

  test('and one with names of other octets, comments and blank lines is taken', () => {
    const octets = Buffer.from(
      `\t# a comment\n\n witness \xe9 ${W[0]} \n${x}quorum \xe9\n`,
      'latin1',
    );
    const note = `${text}\n${witnesses[0]!.line(text, 7)}`;
    expect(readWitnessPolicy(octets).judge(note).witnessed?.names).toEqual(['\ufffd']);
  });
});

const cosigned = externalText('c2sp/cosigned.note');
const examples = externalText('c2sp/witness-examples.txt');

if (cosigned.available && examples.available)
  test('a note of C2SP that others cosigned', () => {
    const [logKey, w1] = [...examples.data.matchAll(/^vkey (\S+)$/gm)].map(([, key]) => key!);
    const policy = readWitnessPolicy(`log ${logKey}\nwitness w1 ${w1}\nquorum w1\n`);
    const whole = policy.judge(cosigned.data);
    expect(whole.witnessed).toMatchObject({ size: 5, time: 0x6b0f4ce1, names: ['w1'] });
    const bytes = Buffer.from(cosigned.data);
    // Our own note has every byte changed. The ML-DSA-44 line is long, and is not judged.
    for (let at = 0; at < bytes.length; at += 17) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      const { isMet, witnessed } = policy.judge(changed);
      if (isMet) expect(witnessed, `byte ${at}`).toEqual(whole.witnessed);
      // Nothing of what w1 signed, and nothing of its line or the log's, was changed.
      if (isMet) expect(at).toBeGreaterThan(textOf(cosigned.data).length);
    }
    const [, response] = examples.data.split('--- response\n');
    const [, request] = examples.data.split(/^--- request.*\n/m);
    const own = request!.slice(request!.indexOf('\n\n') + 2).split('log signature raw')[0]!;
    const answer = response!.split('\n', 1)[0]!;
    expect(policy.judge(`${own}${answer}\n`).witnessed).toMatchObject({
      size: 8,
      time: 1_700_000_000,
    });
  });
else test.skipIf(true)(cosigned.available ? 'no examples' : cosigned.reason, () => undefined);
