/** A URL without its password, for people. */
export const redact = (url: string): string => url.replace(/(\/\/[^:/@]*):.*@/, '$1:***@');
