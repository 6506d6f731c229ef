import { build } from '../../tsup.shared.js';

const typed = { index: 'src/index.ts', verify: 'src/verify/index.ts', words: 'src/words/index.ts' };

// What threads load is no entry. Each file has all of its code: a file that entries share would be imported
// for its side effects alone, about which bundlers warn. `tsup.portable.config.ts` builds what browsers load.
export default build(
  {
    index: typed.index,
    'sealer-thread': 'src/sealer/sealer-thread.ts',
    'verify-thread': 'src/parallel/thread.ts',
    'walk-thread': 'src/parallel/walk-thread.ts',
  },
  { typed, splitting: false },
);
