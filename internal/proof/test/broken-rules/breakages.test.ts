import { expect, test } from 'vitest';
import { breakagesOf, rules } from './breakages.js';
import { editedSources } from './edited-source.js';

const edits = Object.values(rules)
  .flatMap(breakagesOf)
  .map(([how, breakage]) => [how, breakage.edits] as const)
  .filter(([, each]) => each.length > 0);

// broken-rules.long.test.ts takes minutes. This test checks only that each edit still has one place in the sources.
test.each(edits)('"%s" changes the source', (_how, changed) => {
  for (const edit of changed) expect(editedSources([edit]).size).toBe(1);
});
