import { build } from '../../tsup.shared.js';

export default build(
  { index: 'src/index.ts', verify: 'src/verify/index.ts' },
  // The checks of arguments. Of the packages of the repository, the verifier loads kes-verify alone.
  { copied: [/^@evolock\/direct-serialise\/arguments$/] },
);
