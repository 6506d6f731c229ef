// Statements as the first thing in their process, as an ordinary user under the smallest lock limit. The warm scans run as the
// user who runs the tests, who may be root. `npm run proof` scans everything fresh and warm as both users.
import { describe, expect, test } from 'vitest';
import { heapControls } from '../src/operations/controls.js';
import { leafSchemeOperations } from '../src/operations/leaf-schemes.js';
import { lockLimitOperations } from '../src/operations/memory.js';
import { idOf } from '../src/operations/operation.js';
import { prove } from '../src/scan/prove.js';
import { statementOf, statements, type Statement } from '../src/scan/statements.js';
import { as, expectProved, named, noOrdinaryUser } from './statements.js';

/** The oldest Node.js that is supported scans every statement. */
const isOldest = process.version.startsWith('v20.');
if (!isOldest) console.log('of each layer, the first statement is scanned: Node.js 20 scans all');
const isScanned = (each: Statement) =>
  isOldest || each === statements.find(({ layer }) => layer === each.layer);

test.concurrent.each(named(isScanned))(
  'first thing in its process: %s',
  async (_name, statement) => {
    await expectProved(statement, { prefix: as('ordinary', statement) });
  },
);

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
