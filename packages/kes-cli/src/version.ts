declare const PACKAGE_VERSION: string;

/** Version of this package, set at build time. */
export const version = PACKAGE_VERSION;
