import { build } from '../../tsup.shared.js';

export default build({
  index: 'src/index.ts',
  cbor: 'src/cbor/index.ts',
  header: 'src/header/index.ts',
});
