import { build } from '../../tsup.shared.js';

export default build([
  'src/index.ts',
  'src/cbor.ts',
  'src/composition.ts',
  'src/unsound.ts',
  'src/unsound-memory.ts',
]);
