import { build, exportedEntries } from '../../tsup.shared.js';

export default build(exportedEntries('.'), {
  // The helper of names would keep unused functions in a bundle.
  keepNames: false,
  // The entries share parts, which have no side effects: a bundler warns of an import of no names.
  treeshake: { moduleSideEffects: 'no-external' },
});
