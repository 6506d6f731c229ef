import { build } from '../../tsup.shared.js';

// The second entry is the program that `scanOwnProcess` starts.
export default build(['src/index.ts', 'src/scan-parent.ts']);
