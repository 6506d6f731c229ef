// Every statement, as the first thing in its process, as an ordinary user under the smallest lock limit. The warm scans
// run as the user who runs the tests, who may be root. `npm run proof` scans everything fresh and warm as both users.
import { describe, expect, test } from 'vitest';
import { heapControls } from '../src/operations/controls.js';
import { leafSchemeOperations } from '../src/operations/leaf-schemes.js';
import { lockLimitOperations } from '../src/operations/memory.js';
import { idOf } from '../src/operations/operation.js';
import { prove } from '../src/scan/prove.js';
import { statementOf, type Statement } from '../src/scan/statements.js';
import { as, expectProved, named, noOrdinaryUser } from './statements.js';

const isOf =
  (...layers: string[]) =>
  ({ layer }: Statement) =>
    layers.includes(layer);
const isElsewhere = isOf(
  'transports',
  'Cardano files',
  'the agent',
  'the end of the process',
  'lost values',
);
/** Whether a statement is about the life of a key: an update, a release or a whole life. */
const isLife = ({ name }: Statement) => /life|update|release/.test(name);

describe.each([
  [
    'first thing in its process, as an ordinary user',
    (each: Statement) => !isLife(each) && !isElsewhere(each),
  ],
  [
    'after an update the old leaf and the used seeds are nowhere, after a release nothing is',
    (each: Statement) => isLife(each) && !isElsewhere(each),
  ],
  [
    'nothing is left when the exit handlers have run, or the collector has found a lost key',
    isOf('the end of the process', 'lost values'),
  ],
  [
    'no file of a signing key leaves a copy outside of locked memory, in bytes or in digits',
    isOf('Cardano files'),
  ],
  ['from one process to another, both scanned', isOf('transports')],
  ['an agent holds keys in locked memory only, and nothing of what it erased', isOf('the agent')],
])('%s', (_title, which) => {
  test.concurrent.each(named(which))('%s', async (_name, statement) => {
    await expectProved(statement, { prefix: as('ordinary', statement) });
  });
});

// These conditions affect only an ordinary user.
describe.runIf(noOrdinaryUser === undefined)('an ordinary user at the lock limit', () => {
  test.concurrent.each(lockLimitOperations.map(idOf))('%s', async (id) => {
    const statement = statementOf(id);
    await expectProved(statement, { prefix: as('ordinary', statement) });
  });
});

// `npm run proof` looks for residues on the stack too. Chance can overwrite those before a scan.
test.concurrent.each(heapControls)('what was left on purpose is found: $name', async (control) => {
  const { unlocked, locked } = await prove(control);
  expect(unlocked).toBeGreaterThan(0);
  expect(locked).toBeGreaterThan(0);
});

// The table of docs/COMPOSE.md. The same key over the leaf of these packages leaves nothing: `Single: sign, then release`.
test.each(leafSchemeOperations)('a released leaf by $name is still there', async (operation) => {
  const { unlocked } = await prove(operation);
  console.log(`${operation.name}: ${unlocked} places`);
  expect(unlocked).toBeGreaterThan(0);
});
