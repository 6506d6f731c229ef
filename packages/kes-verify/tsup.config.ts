import { fileURLToPath } from 'node:url';
import { build } from '../../tsup.shared.js';

export default build(['src/index.ts'], {
  // A dependency on cardano-kes would install native code with this package.
  copied: [/^@evolock\//],
  // The helper of names would keep unused functions in a bundle.
  keepNames: false,
  esbuildOptions(options) {
    const reader = fileURLToPath(new URL('src/cardano/checked-items.ts', import.meta.url));
    options.alias = { 'cbor-x/decode-no-eval': reader };
  },
});
