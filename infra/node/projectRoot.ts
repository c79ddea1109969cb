import { resolve } from 'node:path';

/** The folder of this project. */
export const PROJECT_ROOT = resolve(import.meta.dirname, '../..');
