// Reads breakages.txt: the rules of locked memory, and ways to break each in a copy of the packages.
import { readFileSync } from 'node:fs';
import { type Edit, editOf } from '@evolock/test-support/edited-sources';
import { asOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { operationOf } from '../../src/operations/all.js';
import type { Operation } from '../../src/operations/operation.js';
import { WARM_UP } from '../../src/scan/prove.js';
import type { ProofOptions } from '../../src/scan/process.js';

/** A way to break a rule. */
export interface Breakage {
  /** The number of the rule, and the rule. */
  readonly rule: string;
  readonly how: string;
  readonly edits: readonly Edit[];
  /** The proof of each of these must fail, with this message. */
  readonly shown: readonly (readonly [operation: Operation, saying: RegExp])[];
  readonly options: ProofOptions;
}

const text = readFileSync(new URL('breakages.txt', import.meta.url), 'utf8');
const linesOf = (block: string) => block.trimEnd().split(/\n */);

/** Every rule. */
export const rules = [...text.matchAll(/^rule (.*)$/gm)].map(([, rule = '']) => rule);

/** Every way to break a rule. */
export const breakages: readonly Breakage[] = text
  .split(/^rule /m)
  .slice(1)
  .flatMap((block) => {
    const [about = '', ...ways] = block.split(/^ {2}way /m);
    const [rule = '', ...shared] = linesOf(about);
    return ways.map((way): Breakage => {
      const [how = '', ...own] = linesOf(way);
      const [shown, other] = [own, shared].map((lines) => lines.flatMap(shownBy));
      const edits = own.flatMap(editOf);
      if (shown!.length + other!.length === 0) throw new Error(`${how}: shown by nothing`);
      return { rule, how, edits, shown: shown!.length > 0 ? shown! : other!, ...optionsOf(shared) };
    });
  });

function shownBy(line: string): Breakage['shown'] {
  const [, id, saying = ''] = /^shown by (.*) \| (.*)$/.exec(line) ?? [];
  return id === undefined ? [] : [[operationOf(id), new RegExp(saying)]];
}

function optionsOf(lines: readonly string[]): Pick<Breakage, 'options'> {
  const limit = lines.map((line) => /^under (\d+) KiB$/.exec(line)?.[1]).find(Boolean);
  if (limit !== undefined) return { options: { prefix: asOrdinaryUser(Number(limit)) } };
  return { options: lines.includes('warm') ? { repetitions: WARM_UP } : {} };
}
