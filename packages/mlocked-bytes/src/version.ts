declare const PACKAGE_VERSION: string;

/** Version of this package, set at build time. Two copies of the package in one process name each other by it. */
export const version = PACKAGE_VERSION;
