import { build } from '../../tsup.shared.js';

export default build({
  index: 'src/index.ts',
  'release-all': 'src/release-all.ts',
  unsound: 'src/unsound.ts',
});
