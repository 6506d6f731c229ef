import { build } from '../../tsup.shared.js';

export default build([
  'src/index.ts',
  'src/native.ts',
  'src/release-all.ts',
  'src/testing.ts',
  'src/unsound.ts',
]);
