/** A verdict as a person reads it: plain data, which a worker can send. */

import type { EntryDifferences, SealedLogVerdict } from '@evolock/sealed-log/verify';

/** How a verdict or a check is shown. `note` is neither good nor bad: not checked, or past. */
export type Tone = 'good' | 'bad' | 'note';

/** One thing that was checked, or could not be. */
export interface Check {
  readonly name: string;
  readonly tone: Tone;
  readonly sentence: string;
}

/** One fact that the input states. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Whether the value is a hash, a key or a signature: shown in a fixed width. */
  readonly isCode: boolean;
}

/** Facts about one thing. */
export interface FactGroup {
  readonly name: string;
  readonly facts: readonly Fact[];
  /** Whether the page shows it only when it is opened. */
  readonly isFolded?: boolean;
}

/** A network whose parameters are known. */
export type NetworkName = 'mainnet' | 'preprod' | 'preview';

/** A line of a log that was changed or inserted, as it is now. */
export interface ChangedLine {
  readonly line: number;
  readonly text: string;
  /** Whether it stands in the place of another one. */
  readonly isChanged: boolean;
}

/** What is known of the lines of a log, which the page shows from its files. */
export interface JudgedLines {
  readonly verdict: SealedLogVerdict;
  readonly found: EntryDifferences | undefined;
  /** The differences of `found` in words. */
  readonly differences: readonly Check[];
  /** The first files that are older than the log. */
  readonly older: number;
  /** The number of the first entry that is there. */
  readonly firstEntry: number | undefined;
}

/** A verdict on one header or certificate. */
export interface Report {
  readonly tone: Tone;
  readonly title: string;
  readonly sentences: readonly string[];
  /** The first line of a log that was changed, counted from 1, as it is now: see `withChangedLine`. */
  readonly changedLine?: ChangedLine | undefined;
  readonly log?: JudgedLines | undefined;
  /** The networks that it fits instead of the chosen one. */
  readonly networks?: readonly NetworkName[];
  /** Whether more files of the same log have to be given. */
  readonly wantsFiles?: boolean;
  readonly checks: readonly Check[];
  readonly groups: readonly FactGroup[];
  /** What no input of this kind shows. */
  readonly notJudged: readonly string[];
  /** The verdict for programs; the report itself when absent. */
  readonly json?: unknown;
  /** What a link may contain; absent when the form of the input is not known, so that it may be a key. */
  readonly link?: Linkable | undefined;
}

/** Whether what a verdict used was proved to be what it is named; `undefined` for what it did not use. */
export interface Linkable {
  /** The nonce of the epoch. */
  readonly nonce?: boolean | undefined;
  /** The hashes of a log. */
  readonly hashes?: boolean | undefined;
}

/** A fact in words or numbers. */
export function fact(name: string, value: string | number | bigint): Fact {
  return { name, value: String(value), isCode: false };
}

/** A fact in hexadecimal digits or bech32. */
export function code(name: string, value: string): Fact {
  return { name, value, isCode: true };
}

/** A message of the packages as a sentence, or without its `end` as a title, its slots written as they are in tables. */
export function sentenceOf(message: string, end = '.'): string {
  const words = message.replace(/(?<=\bslot (?:is )?)\d+/g, (slot) => grouped(BigInt(slot)));
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${end}`;
}

/** Which network to choose instead. */
export function fitsInWords(names: readonly NetworkName[]): string {
  return names.length === 0
    ? 'It fits none of mainnet, preprod and preview: choose another one, and enter the parameters of its genesis file.'
    : `It fits ${names.join(' and ')}: choose ${names.length === 1 ? 'that network' : 'the one that it is of'}.`;
}

/** A number with separators: 1,234,567. */
export function grouped(value: bigint | number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A count with its noun. */
export function counted(count: bigint | number, noun: string): string {
  return `${grouped(count)} ${noun}${Number(count) === 1 ? '' : 's'}`;
}

/** Characters of a text of a file that are shown. */
const MOST = 120;

/** A text of a file in quotes: shortened, and without control characters and others that are not seen. */
export function quoted(text: string): string {
  const shown = text.length > MOST ? `${text.slice(0, MOST)}…` : text;
  return `“${visible(shown)}”`;
}

/** A text with control characters, and others that are not seen or that change the order of what is seen, as escapes. */
export function visible(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** A verdict as lines of text. */
export function textOf({ title, sentences, checks, groups, notJudged }: Report): string {
  return [
    ...[title, ...sentences],
    ...checks.map(({ name, sentence }) => `${name}: ${sentence}`),
    ...groups.flatMap(({ facts }) => facts.map(({ name, value }) => `${name}: ${value}`)),
    ...notJudged.map((each) => `Not judged: ${each}`),
    '',
  ].join('\n');
}

/** A verdict for programs. */
export function jsonOf(report: Report): string {
  const { json, ...facts } = report;
  return `${JSON.stringify(json ?? { ...facts, link: undefined }, undefined, 2)}\n`;
}
