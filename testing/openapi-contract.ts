import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** An answer as it went over the wire, and the request that it belongs to. */
export interface WireAnswer {
  method: string;
  /** Path of the request; a query is ignored. */
  path: string;
  status: number;
  contentType: string | null | undefined;
  body: string;
}

interface Operation {
  responses: Record<string, { content?: Record<string, unknown> }>;
}

interface OpenapiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

interface PathItem {
  template: string;
  pattern: RegExp;
  operations: Record<string, Operation>;
}

const documentFile = path.join(import.meta.dirname, '../docs/openapi.json');
const problemPointer = '#/components/schemas/Problem';
/** What the door answers anywhere, and no operation lists; every 5xx too. */
const doorStatuses = new Set([405, 406, 408, 413, 414, 429, 431]);

const document = JSON.parse(readFileSync(documentFile, 'utf8')) as OpenapiDocument;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'api', ...document });

const escapePointer = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
const literalsFirst = (a: string, b: string): number => a.split('{').length - b.split('{').length;

const pathItems: PathItem[] = Object.keys(document.paths)
  .sort(literalsFirst)
  .map((template) => ({
    template,
    pattern: new RegExp(`^${template.replaceAll('.', '[.]').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
    operations: document.paths[template] ?? {},
  }));

function validatorAt(pointer: string): ValidateFunction {
  const validate = ajv.getSchema(`api${pointer}`);
  if (!validate) throw new Error(`docs/openapi.json has nothing at ${pointer}; run npm run openapi.`);
  return validate;
}

function validateBody(answer: WireAnswer, pointer: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch {
    return 'its body is not JSON';
  }
  const validate = validatorAt(pointer);
  return validate(body) ? undefined : `its body does not fit ${pointer}: ${ajv.errorsText(validate.errors)}`;
}

function judgeProblem(answer: WireAnswer, mediaType: string): string | undefined {
  if (answer.method === 'HEAD') return undefined;
  if (mediaType !== 'application/problem+json')
    return `it is ${mediaType || 'without type'}, no problem+json`;
  return validateBody(answer, problemPointer);
}

function judgeDocumented(answer: WireAnswer, mediaType: string, item: PathItem): string | undefined {
  const method = answer.method === 'HEAD' ? 'get' : answer.method.toLowerCase();
  const response = item.operations[method]?.responses[answer.status];
  if (!response) return 'its status is not documented';
  if (answer.method === 'HEAD' || !response.content) {
    return answer.body === '' ? undefined : 'it has a body, and none is documented';
  }
  if (!(mediaType in response.content)) return `its type ${mediaType || '(none)'} is not documented`;
  const steps = [
    'paths',
    item.template,
    method,
    'responses',
    `${answer.status}`,
    'content',
    mediaType,
    'schema',
  ];
  return validateBody(answer, `#/${steps.map(escapePointer).map(encodeURIComponent).join('/')}`);
}

function mediaTypeOf({ contentType }: WireAnswer): string {
  return (contentType ?? '').split(';')[0]?.trim() ?? '';
}

function judge(answer: WireAnswer, requestPath: string): string | undefined {
  const mediaType = mediaTypeOf(answer);
  const item = pathItems.find(({ pattern }) => pattern.test(requestPath));
  if (answer.status >= 500 || doorStatuses.has(answer.status)) return judgeProblem(answer, mediaType);
  if (item && answer.method === 'OPTIONS' && answer.status === 204) return undefined;
  if (item) return judgeDocumented(answer, mediaType, item);
  return answer.status >= 400 ? judgeProblem(answer, mediaType) : 'the path is not documented';
}

/**
 * Compares an answer with docs/openapi.json: status, media type and body.
 * @throws when the document does not say so
 */
export function assertDocumented(answer: WireAnswer): void {
  const requestPath = answer.path.split('?')[0] ?? '';
  const fault = judge(answer, requestPath);
  if (fault === undefined) return;
  const { method, status, body } = answer;
  throw new Error(`${method} ${requestPath} answered ${status}, but ${fault}.\n${body.slice(0, 2_000)}`);
}
