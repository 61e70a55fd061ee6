import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import {
  createDocument,
  type oas31,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import {
  forbidden,
  idempotencyKeyMissing,
  idempotencyKeyReused,
  preconditionRequired,
  type ProblemType,
  requestInProgress,
  unauthenticated,
  unreadableRequests,
  unsupportedMediaType,
  versionConflict,
} from '@tradepost/service-kit/problem.ts';
import type { Route } from '@tradepost/service-kit/route.ts';

const fault = z.object({
  pointer: z.string().optional().meta({ description: 'JSON pointer into the body (RFC 6901)' }),
  parameter: z.string().optional().meta({ description: 'Name of a parameter or header' }),
  message: z.string(),
});

/** RFC 9457. A kind of problem may have members of its own. */
const problemDocument = z
  .looseObject({
    type: z.string().meta({ examples: ['/docs/problems#validation-failed'] }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(fault).optional(),
  })
  .meta({ id: 'Problem' });

const header = (description: string) => ({ description, schema: { type: 'string' as const } });
const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .meta({ description: 'Fresh for each new request, kept 48 h' });
const ifMatch = z
  .string()
  .meta({ description: 'ETag of the version you read, in any view', examples: ['"3"'] });

/** Every route can refuse what cannot be read or does not fit; the rest follows from what the route declares. */
function problemsOf(route: Route): Map<number, Set<string>> {
  const kinds: ProblemType[] = [...unreadableRequests];
  if (route.access !== 'anyone') kinds.push(unauthenticated);
  if (typeof route.access === 'object') kinds.push(forbidden);
  if (route.body) kinds.push(unsupportedMediaType);
  if (route.versioned) kinds.push(versionConflict);
  if (route.versioned === true) kinds.push(preconditionRequired);
  if (route.idempotent) kinds.push(idempotencyKeyMissing, idempotencyKeyReused, requestInProgress);
  kinds.push(...(route.problems ?? []));
  const codes = new Map<number, Set<string>>();
  for (const { status, code } of kinds) codes.set(status, (codes.get(status) ?? new Set()).add(code));
  return codes;
}

/** A Problem with one of the codes that a status can have. */
function problemWith(codes: ReadonlySet<string>) {
  return {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: [...codes] } } }],
  };
}

const mediaType = ({ streams }: Route): string => (streams ? 'text/event-stream' : 'application/json');

function describeAnswers(route: Route): ZodOpenApiResponsesObject {
  const answers: ZodOpenApiResponsesObject = {};
  for (const [status, body] of Object.entries(route.answers)) {
    const headers: Record<string, ReturnType<typeof header>> = {
      ...(status === '201' && { Location: header('Where the new resource is') }),
      ...((route.versioned || '304' in route.answers) && {
        ETag: header('The version and the view of it; opaque'),
      }),
      ...(route.idempotent === true && {
        'Idempotency-Replayed': header('true when another request made this answer'),
      }),
    };
    answers[status as '200'] = {
      description: STATUS_CODES[status] ?? status,
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(body && {
        content: { [mediaType(route)]: { schema: body } },
      }),
    };
  }
  for (const [status, codes] of problemsOf(route)) {
    answers[`${status}` as '400'] = {
      description: [...codes].map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: problemWith(codes) } },
    };
  }
  return answers;
}

function requestHeaders(route: Route): z.ZodObject {
  const headers: Record<string, z.ZodType> = {};
  if (route.idempotent) headers['Idempotency-Key'] = idempotencyKey;
  if (route.versioned) headers['If-Match'] = route.versioned === true ? ifMatch : ifMatch.optional();
  return z.object(headers);
}

function describe(route: Route, tag: string): ZodOpenApiOperationObject {
  const { params, query, body } = route as { params?: z.ZodObject; query?: z.ZodObject; body?: z.ZodType };
  const secured = route.access !== 'anyone';
  return {
    operationId: `${route.method}${route.path.replaceAll(/[^a-zA-Z]+(\w?)/g, (_all, next: string) => next.toUpperCase())}`,
    summary: route.summary,
    tags: [tag],
    security: secured ? [{ accessToken: [] }, ...(route.access === 'optional' ? [{}] : [])] : [],
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      header: requestHeaders(route),
    },
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: describeAnswers(route),
  };
}

/**
 * The OpenAPI 3.1 document of routes, from the same declarations that check the requests.
 * @param routes by the tag they are shown under
 * @param basePath what stands before every path
 * @param info title, version and the like
 */
export function describeRoutes(
  routes: Record<string, readonly Route[]>,
  basePath: string,
  info: ZodOpenApiObject['info'],
): oas31.OpenAPIObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [tag, tagged] of Object.entries(routes)) {
    for (const route of tagged) {
      const operations = (paths[`${basePath}${route.path}`] ??= {});
      operations[route.method] = describe(route, tag);
    }
  }
  return createDocument({
    openapi: '3.1.0',
    info,
    servers: [{ url: '/' }],
    tags: Object.keys(routes).map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: problemDocument },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }) as oas31.OpenAPIObject;
}
