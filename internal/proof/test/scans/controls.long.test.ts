import { expect, test } from 'vitest';
import { CONTROLS } from '../../src/controls/control-operations.js';
import { proveControl } from '../../src/controls/prove-control.js';

// The residue on the stack depends on the version of sodium-native and on the processor.
test.concurrent.each(CONTROLS)('what was left on purpose is found: %s', async (control) => {
  const { unlocked, locked } = await proveControl(control);
  expect(unlocked).toBeGreaterThan(0);
  expect(locked).toBeGreaterThan(0);
});
