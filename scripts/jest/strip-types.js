import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** What Node does when it runs the source. No sourceUrl: with one, coverage finds no file. */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
  getCacheKey: (source, path, { instrument }) =>
    createHash('sha256').update(`${process.version} ${instrument} ${path}\n${source}`).digest('hex'),
};
