/**
 * @param {string} base the path below which the site is served
 * @returns {string} what stands at an address that does not exist, with and without scripts
 */
export const notFound = (base) => `<main class="vp-doc not-found">
<h1>This page does not exist</h1>
<p>The address has a mistake, or the page has moved.</p>
<p><a href="${base}">Front page</a> · <a href="${base}guide/start.html">Get started</a> · <a href="${base}packages/">Packages</a> · <a href="${base}verify.html">Check something</a></p>
</main>`;
