import { build, declarations } from '../../tsup.shared.js';

const entries = [
  'src/index.ts',
  'src/native.ts',
  'src/release-all.ts',
  'src/testing.ts',
  'src/unsound.ts',
];

// Which of the last two is loaded, package.json decides (`imports`).
export default build([...entries, 'src/sodium-required.ts', 'src/sodium-bundled.ts'], {
  external: ['#sodium-native'],
  dts: { ...declarations, entry: entries },
});
