// Replaces the tags of the actions in a workflow by hashes. A tag can be moved to other code, a hash cannot.

/** `uses: owner/name/path@reference`, with the tag after it if the reference is a hash. */
const USES = /^([ -]*uses: *)([\w.-]+\/[\w.-]+)((?:\/[\w.-]+)*)@([\w.-]+)(?: *# *(\S+))?$/gm;

/**
 * @param {string} workflow its text
 * @param {(repository: string, tag: string) => string} hashOf the commit of a tag
 * @returns {string} the text with each action at a hash, and its tag in a comment. An action that is at a hash already gets
 *   the present hash of its tag.
 */
export function pinActions(workflow, hashOf) {
  return workflow.replace(
    USES,
    (_line, /** @type {string} */ uses, repository, path, reference, comment) => {
      const tag = comment ?? reference;
      return `${uses}${repository}${path}@${hashOf(repository, tag)} # ${tag}`;
    },
  );
}

/**
 * @param {string} listing what `git ls-remote REPOSITORY refs/tags/TAG refs/tags/TAG^{}` prints
 * @param {string} tag
 * @returns {string} the commit of the tag
 * @throws {Error} when the listing does not have it
 */
export function commitIn(listing, tag) {
  const hashes = new Map(
    listing.split('\n').map((line) => {
      const [hash = '', reference = ''] = line.split('\t');
      return [reference, hash];
    }),
  );
  // An annotated tag is an object of its own, and `^{}` is its commit.
  const hash = hashes.get(`refs/tags/${tag}^{}`) ?? hashes.get(`refs/tags/${tag}`);
  if (hash === undefined || !/^[\da-f]{40}$/.test(hash)) throw new Error(`there is no tag ${tag}`);
  return hash;
}
