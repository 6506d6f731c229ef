import { build } from '../../tsup.shared.js';

const typed = { index: 'src/index.ts', verify: 'src/verify/index.ts' };

// What the thread of a sealer loads is no entry.
export default build({ ...typed, 'sealer-thread': 'src/sealer/sealer-thread.ts' }, { typed });
