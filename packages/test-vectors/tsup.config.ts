import { build } from '../../tsup.shared.js';

export default build(['src/index.ts', 'src/run.ts'], {
  // Its checks of arguments are those of all packages, and nothing is installed with it.
  copied: [/^@evolock\//],
});
