import { build } from '../../tsup.shared.js';

// The second entry is the program that `scanOwnProcess` starts.
export default build(['src/index.ts', 'src/scan-parent.ts'], {
  // Its checks of arguments are those of all packages, and nothing is installed with it.
  copied: [/^@evolock\//],
});
