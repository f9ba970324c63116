/** package.json's version (a test compares them); told in the hello. */
export const VERSION = "0.1.0";
