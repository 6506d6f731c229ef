import { build } from '../../tsup.shared.js';

// For browsers, so small: these entries export no class, whose name the helper of names would keep.
export default build(
  { verify: 'src/verify/index.ts', words: 'src/words/index.ts' },
  { splitting: false, clean: false, keepNames: false },
);
