import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import type { KesAlgorithmKind } from '../../src/vectors/algorithm.js';
import type { KesKeyForm } from '../../src/vectors/signing-keys.js';
import { nameOf, versionedPrefix, writePeriod } from '../scheme/key-forms.js';
import { flipBit } from './material.js';

interface Formed {
  readonly form: KesKeyForm;
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

interface Negative extends Formed {
  readonly size: number;
  readonly why: string;
}

const NOTHING = new Uint8Array(0);

/** The first, an alternating and the last period. */
function periodsOf(depth: number): number[] {
  return [...new Set([0, 0b1010101 & (2 ** depth - 1), 2 ** depth - 1])];
}

function formsOf(name: string, period: number): Formed[] {
  return [
    { form: 'rust', head: NOTHING, tail: writePeriod(period) },
    {
      form: 'versioned',
      head: concatBytes(versionedPrefix(name), writePeriod(period)),
      tail: NOTHING,
    },
  ];
}

function sizeOf(depth: number, { head, tail }: Formed): number {
  return head.length + 32 + 96 * depth + tail.length;
}

function entry(algorithm: KesAlgorithmKind, depth: number, period: number, formed: Formed) {
  const { form, head, tail } = formed;
  return { algorithm, depth, form, period, headHex: bytesToHex(head), tailHex: bytesToHex(tail) };
}

/** Entries of `kes-key-forms.json` that must be written and read. */
export function keyFormPositives(algorithm: KesAlgorithmKind, depth: number): object[] {
  return (['rust', 'versioned'] as const).flatMap((form) =>
    periodsOf(depth).flatMap((period) =>
      formsOf(nameOf(algorithm, depth), period)
        .filter((formed) => formed.form === form)
        .map((formed) => entry(algorithm, depth, period, formed)),
    ),
  );
}

/** Periods that are stated and are not the one of the key. */
function wrongPeriods(name: string, depth: number, period: number): Negative[] {
  const stated: [string, number][] = [
    ['the next period stated', period + 1],
    ['all periods more stated', period + 2 ** depth],
    ['period 2^32 - 1 stated', 2 ** 32 - 1],
    ['the period in little endian', (period << 24) >>> 0],
  ];
  if (period > 0) stated.push(['the period before stated', period - 1]);
  return stated
    .filter(([, number]) => number !== period)
    .flatMap(([why, number]) =>
      formsOf(name, number).map((formed) => ({ ...formed, size: sizeOf(depth, formed), why })),
    );
}

function wrongSizes(name: string, depth: number, period: number): Negative[] {
  return formsOf(name, period).flatMap((formed) => {
    const size = sizeOf(depth, formed);
    const tail = concatBytes(formed.tail, new Uint8Array(1));
    return [
      { ...formed, size: size - 1, why: 'truncated by one byte' },
      { ...formed, size: size - 4, why: 'truncated by four bytes' },
      { ...formed, size: 0, why: 'empty' },
      { ...formed, tail, size: size + 1, why: 'extended by a zero byte' },
    ];
  });
}

function wrongHeaders(algorithm: KesAlgorithmKind, depth: number, period: number): Negative[] {
  const own = concatBytes(versionedPrefix(nameOf(algorithm, depth)), writePeriod(period));
  const isCompact = algorithm === 'compactSum' || algorithm === 'compactSingle';
  const other = nameOf(isCompact ? 'sum' : 'compactSum', depth);
  const deeper = nameOf(isCompact ? 'compactSum' : 'sum', depth + 1);
  const headers: [string, Uint8Array][] = [
    ['first letter wrong', flipBit(own, 0)],
    ['last letter wrong', flipBit(own, 3)],
    ['version 0', flipBit(own, 4)],
    ['reserved byte not zero', flipBit(own, 7)],
    ['tag wrong in its last byte', flipBit(own, 15)],
    [`tag of ${other}`, concatBytes(versionedPrefix(other), writePeriod(period))],
    [`tag of ${deeper}`, concatBytes(versionedPrefix(deeper), writePeriod(period))],
  ];
  return headers.map(([why, head]) => {
    const formed: Formed = { form: 'versioned', head, tail: NOTHING };
    return { ...formed, size: sizeOf(depth, formed), why };
  });
}

/** Entries of `kes-key-forms.json` that must not be read. */
export function keyFormNegatives(algorithm: KesAlgorithmKind, depth: number): object[] {
  const period = 0b1010101 & (2 ** depth - 1);
  const name = nameOf(algorithm, depth);
  return [
    ...wrongPeriods(name, depth, period),
    ...wrongSizes(name, depth, period),
    ...wrongHeaders(algorithm, depth, period),
  ].map((negative) => {
    const { size, why } = negative;
    return { ...entry(algorithm, depth, period, negative), size, why };
  });
}
