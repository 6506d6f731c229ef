// Operations as the first thing in their process, as an ordinary user under the smallest lock limit. The warm scans run as the
// user who runs the tests, who may be root. `npm run proof` scans everything fresh and warm as both users.
import { expect, test } from 'vitest';
import { heapControls } from '../src/operations/controls.js';
import { leafSchemeOperations } from '../src/operations/leaf-schemes.js';
import { lockLimitOperations } from '../src/operations/memory.js';
import { prove } from '../src/scan/prove.js';
import type { Verdict } from '../src/scan/verdict.js';
import { as, expectProved, noOrdinaryUser, rows } from './operations.js';

/** The oldest Node.js that is supported scans every operation. */
const isOldest = process.version.startsWith('v20.');
if (!isOldest) console.log('of each layer, the first operation is scanned: Node.js 20 scans all');
const scanned = rows.filter(
  (each) => isOldest || each === rows.find(({ layer }) => layer === each.layer),
);

// The lock limit affects only an ordinary user.
const limited = noOrdinaryUser === undefined ? lockLimitOperations : [];

test.concurrent.each([...scanned, ...limited])(
  'first thing in its process: $layer: $name',
  (operation) => expectProved(operation, { prefix: as('ordinary', operation) }),
);

// `npm run proof` looks for residues on the stack too. Chance can overwrite those before a scan.
test.concurrent.each(heapControls)('what was left on purpose is found: $name', async (control) => {
  const [[, { unlocked, locked }]] = (await prove(control)) as [[string, Verdict]];
  expect(unlocked).toBeGreaterThan(0);
  expect(locked).toBeGreaterThan(0);
});

// The table of docs/COMPOSE.md. The same key over the leaf of these packages leaves nothing: `Single: sign, then release`.
test.each(leafSchemeOperations)('a released leaf by $name is still there', async (operation) => {
  const [[, { unlocked }]] = (await prove(operation)) as [[string, Verdict]];
  console.log(`${operation.name}: ${unlocked} places`);
  expect(unlocked).toBeGreaterThan(0);
});
