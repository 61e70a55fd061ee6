/** One fault of a request: where it is (RFC 6901 pointer into the body, or a parameter's name) and what is wrong. */
export interface FieldFault {
  pointer?: string;
  parameter?: string;
  message: string;
}

interface ProblemOptions {
  /** Members beside the standard ones (RFC 9457 section 3.2). */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** An error that has an answer: thrown anywhere, told to the client as application/problem+json (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly members: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    type: Pick<ProblemType, 'code' | 'status' | 'title'>,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.code = type.code;
    this.status = type.status;
    this.title = type.title;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }
}

/** A kind of problem; called with the detail of one case it makes the Problem to throw. */
export interface ProblemType {
  (detail: string, options?: ProblemOptions): Problem;
  readonly code: string;
  readonly status: number;
  readonly title: string;
}

/**
 * Declares a kind of problem. docs/problems.md has a section for each code, and `npm run check` compares the two.
 * @param code kebab-case, the anchor of `type`
 * @param status HTTP status of the answer
 * @param title the same for every case (RFC 9457 section 3.1.3)
 */
export function defineProblem(code: string, status: number, title: string): ProblemType {
  const type = { code, status, title };
  const create = (detail: string, options?: ProblemOptions): Problem => new Problem(type, detail, options);
  return Object.assign(create, type);
}

/** The JSON of a problem for one request. */
export function problemBody(problem: Problem, request: { path: string; requestId: string }): string {
  return JSON.stringify({
    type: `/docs/problems#${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    instance: request.path,
    code: problem.code,
    requestId: request.requestId,
    ...problem.members,
  });
}

export const badRequest = defineProblem('bad-request', 400, 'The request is malformed');
const validationFailedType = defineProblem('validation-failed', 400, 'The request is not valid');
/** What any path can answer, whatever its route declares: 400 for bytes that are no HTTP, and for wrong values. */
export const unreadableRequests: readonly ProblemType[] = [validationFailedType, badRequest];
export const unauthenticated = defineProblem('unauthenticated', 401, 'A valid access token is needed');
export const forbidden = defineProblem('forbidden', 403, 'Your roles do not allow this');
export const notFound = defineProblem('not-found', 404, 'There is nothing here');
export const methodNotAllowed = defineProblem('method-not-allowed', 405, 'This method is not allowed here');
export const requestTimeout = defineProblem('request-timeout', 408, 'The request took too long to arrive');
export const payloadTooLarge = defineProblem('payload-too-large', 413, 'The body is too large');
export const unsupportedMediaType = defineProblem(
  'unsupported-media-type',
  415,
  'The media type is not supported',
);
export const versionConflict = defineProblem('version-conflict', 412, 'The resource has changed');
export const preconditionRequired = defineProblem('precondition-required', 428, 'If-Match is needed');
export const headerTooLarge = defineProblem('header-too-large', 431, 'The headers are too large');
export const idempotencyKeyMissing = defineProblem('idempotency-key-missing', 400, 'A key is needed');
export const idempotencyKeyReused = defineProblem(
  'idempotency-key-reused',
  422,
  'The key belongs to another request',
);
export const requestInProgress = defineProblem('request-in-progress', 409, 'The first still runs');
export const internalError = defineProblem('internal-error', 500, 'Something went wrong on our side');
export const versionNotSupported = defineProblem(
  'http-version-not-supported',
  505,
  'The HTTP version is not supported',
);
const unavailableType = defineProblem('unavailable', 503, 'The service cannot answer now');

/** 400 that names every fault of the request at once. */
export function validationFailed(errors: FieldFault[]): Problem {
  const plural = errors.length === 1 ? '1 fault' : `${errors.length} faults`;
  return validationFailedType(`The request has ${plural}; each is named in errors.`, { members: { errors } });
}

/** 503 with Retry-After, in whole seconds (RFC 9110 section 10.2.3). */
export function unavailable(detail: string, cause?: unknown): Problem {
  return unavailableType(detail, { cause, headers: { 'Retry-After': '1' } });
}
