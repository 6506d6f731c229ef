import { build } from '../../tsup.shared.js';

const entries = {
  index: 'src/index.ts',
  'release-all': 'src/release-all.ts',
  unsound: 'src/unsound.ts',
};
/** `imports` of package.json choose which of these is loaded. */
const loaders = {
  'sodium-required': 'src/kernel/sodium-required.ts',
  'sodium-bundled': 'src/kernel/sodium-bundled.ts',
};

export default build({ ...entries, ...loaders }, { external: ['#sodium-native'], typed: entries });
