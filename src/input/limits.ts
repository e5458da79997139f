/** Bytes of one file. A JavaScript string holds no more than twice as many. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;
