import { build } from '../../tsup.shared.js';

// The second is what the threads load.
export default build(['src/index.ts', 'src/worker.ts']);
