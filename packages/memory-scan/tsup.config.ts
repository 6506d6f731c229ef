import { build } from '../../tsup.shared.js';

// The second entry is the program that `scanOwnProcess` starts; nobody imports it.
export default build(['src/index.ts', 'src/scan-parent.ts']);
