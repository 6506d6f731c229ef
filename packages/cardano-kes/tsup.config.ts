import { build } from '../../tsup.shared.js';

export default build(
  {
    index: 'src/index.ts',
    cbor: 'src/cbor/index.ts',
    database: 'src/database/index.ts',
    header: 'src/header/index.ts',
  },
  // To install it would install a native add-on.
  { noExternal: ['cbor-x'] },
);
