import { createHash } from 'node:crypto';
import { preconditionRequired, type Problem, versionConflict } from './problem.ts';

/** The versions that a caller will accept (RFC 9110 section 13.1): any, or one of a list of entity tags. */
export type EntityTags = '*' | readonly string[];

/** The version of what an answer shows. */
export interface Version {
  version: number;
  /**
   * True where the body is not the base view of that version: its reader sees other fields than most, or it changed without
   * a new version. The ETag then covers the body as well.
   */
  otherView?: boolean;
}

/** A row that carries its version and, for each field that ever changed, the version in which it last did. */
export interface Versioned extends Version {
  fieldVersions: Record<string, number>;
}

const entityTag = /(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;
const entityTagList =
  /^\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")*\s*$/;

/**
 * Reads If-Match or If-None-Match. A weak tag counts as its strong one, because Nginx weakens what it compresses.
 * @returns the tags, or undefined when the header is not well-formed
 */
export function parseEntityTags(header: string): EntityTags | undefined {
  if (header.trim() === '*') return '*';
  if (!entityTagList.test(header)) return undefined;
  return [...header.matchAll(entityTag)].map((match) => match[1] ?? '');
}

/**
 * The strong entity tag of a view: `"<version>"` for the base view, `"<version>-<digest of the body>"` for any other. Two views
 * of one version never share a tag (RFC 9110 section 8.8.3).
 */
export function etag({ version, otherView = false }: Version, body?: unknown): string {
  if (!otherView) return `"${version}"`;
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 16);
  return `"${version}-${digest}"`;
}

/** Whether one of the tags of If-None-Match is the given ETag: the caller has exactly this view. */
export function matchesView(tags: EntityTags, tag: string): boolean {
  return tags === '*' || tags.some((candidate) => `"${candidate}"` === tag);
}

const versionOf = (tag: string): string => tag.split('-', 1)[0] ?? '';

/** Whether one of the tags of If-Match names the version, in whatever view: a write replaces the resource, not a view of it. */
export function matchesVersion(tags: EntityTags, version: number): boolean {
  return tags === '*' || tags.some((candidate) => versionOf(candidate) === `${version}`);
}

/** The fields that changed after the newest version the caller knows. */
function changedSince(tags: EntityTags, current: Versioned): string[] {
  const known =
    tags === '*' ? current.version : Math.max(0, ...tags.map((tag) => Number(versionOf(tag)) || 0));
  return Object.keys(current.fieldVersions).filter((field) => (current.fieldVersions[field] ?? 0) > known);
}

/** 412 that carries the resource as it is now and what changed since the caller read it. */
export function staleVersion(tags: EntityTags, row: Versioned, current: object): Problem {
  return versionConflict(
    'The resource changed since you read it; merge with `current` and send its version.',
    {
      members: { current, changedFields: changedSince(tags, row) },
      headers: { ETag: etag(row, current) },
    },
  );
}

/**
 * Refuses a write whose caller does not know the version it would overwrite.
 * @param tags what If-Match said, undefined without the header
 * @param row the versions as they are now
 * @param view makes what the caller may see of the resource
 * @throws 428 without If-Match, 412 when no tag has the current version
 */
export function requireMatch(tags: EntityTags | undefined, row: Versioned, view: () => object): void {
  if (tags === undefined) {
    throw preconditionRequired('Send If-Match with the ETag of the version you read.');
  }
  if (!matchesVersion(tags, row.version)) throw staleVersion(tags, row, view());
}

/** The field versions after an edit that made `version` by changing these fields. */
export function withChanges(row: Versioned, fields: readonly string[]): Record<string, number> {
  const next = row.version + 1;
  return { ...row.fieldVersions, ...Object.fromEntries(fields.map((field) => [field, next])) };
}
