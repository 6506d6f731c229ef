import { build, exportedEntries } from '../../tsup.shared.js';

// The helper of names would keep unused functions in a bundle.
export default build(exportedEntries('.'), { keepNames: false });
