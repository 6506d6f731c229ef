/** In place of components of the theme that no page uses. */
export default () => null;
