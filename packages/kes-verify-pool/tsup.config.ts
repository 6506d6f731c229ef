import { build } from '../../tsup.shared.js';

// The second is what the threads load, the third what a module of a caller loads in its threads.
export default build(['src/index.ts', 'src/worker.ts', 'src/bytes.ts']);
