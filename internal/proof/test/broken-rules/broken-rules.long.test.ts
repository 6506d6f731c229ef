import { whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { describe, expect, test } from 'vitest';
import { lives } from '../../src/agent/lives.js';
import { proveLife } from '../../src/agent/prove-life.js';
import { operationOf } from '../../src/operations/all-operations.js';
import { transports } from '../../src/operations/transfers/transports.js';
import { proveTransport } from '../../src/prove/prove-transport.js';
import { prove, WARM_UP, withFolder, type ProofOptions } from '../../src/prove/prove.js';
import { breakages, clauses, type Breakage, type Clause } from './breakages.js';
import { BrokenCopy } from './broken-copy.js';
import { problemsOf } from '../scans/verdicts.js';

const impossible = whyNoOrdinaryUser();

/** The problems in the proof of an operation, both sides of a transport or a life. Empty when the proof holds. */
async function complaints(id: string, options: ProofOptions): Promise<string> {
  const life = lives.find(({ name }) => name === id);
  if (life !== undefined) return problemsOf(await proveLife(life, options)).join('\n');
  const transport = transports.find(({ sender }) => sender.name === `${id}, sender`);
  try {
    if (transport === undefined) return (await prove(operationOf(id), options)).problems.join('\n');
    const { sender, receiver } = await proveTransport(transport, options);
    return [...sender.problems, ...receiver.problems].join('\n');
  } catch (error) {
    return String(error);
  }
}

async function complaintsOf({ edits, shownBy, options }: Breakage): Promise<string> {
  return withFolder(async (folder) => {
    const copy = new BrokenCopy(folder);
    for (const edit of edits) copy.edit(edit);
    return complaints(shownBy, { ...options, program: copy.program });
  });
}

function named(clause: string): [string, Breakage][] {
  return breakages
    .filter((each) => each.clause === clause)
    .map((each) => [each.how, each] as const)
    .map(([how, each]) => [how, each]);
}

describe.each(Object.entries(clauses))('the proof fails when rule %s is broken: %s', (clause) => {
  test.concurrent.each(named(clause))('%s', async (_how, breakage) => {
    if (breakage.options?.prefix !== undefined && impossible !== undefined) {
      console.log(`not tested as an ordinary user: ${impossible}`);
      return;
    }
    expect(await complaintsOf(breakage)).toMatch(breakage.saying);
  });
});

test('every clause is broken', () => {
  const broken = new Set<Clause>(breakages.map(({ clause }) => clause));
  expect([...broken].sort()).toEqual(Object.keys(clauses).sort());
});

/** These operations must hold in an unchanged copy, or their failures prove nothing. Other tests run all of them. */
test('the proof holds in an unchanged copy', async () => {
  await withFolder(async (folder) => {
    const { program } = new BrokenCopy(folder);
    expect(await complaints('seed: expand, then release all', { program })).toBe('');
    const warm = { program, repetitions: WARM_UP };
    expect(await complaints('Sum6: sign, then release', warm)).toBe('');
    expect(await complaints('a Unix socket, only the key released', { program })).toBe('');
    expect(await complaints('a key of a peer', { program })).toBe('');
  });
});
