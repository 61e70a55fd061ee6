import type { Answer } from './send.ts';

/** Statements, errors of the database or its driver, stacks, and where our processes are. */
const inside =
  /\b(select|insert|update|delete)\b.+\b(from|into|set|where)\b|sqlstate|\bER_[A-Z]|mysql|mariadb|innodb|sequelize|node_modules|ECONN|127\.0\.0\.1|\\n\s+at |\.ts:\d+/i;

interface ProblemBody {
  type?: string;
  status?: number;
  code?: string;
  requestId?: string;
  instance?: string;
}

function parseProblem(text: string): ProblemBody | undefined {
  try {
    return JSON.parse(text) as ProblemBody;
  } catch {
    return undefined;
  }
}

function isProblem({ status, headers }: Answer, body: ProblemBody | undefined): boolean {
  const { type, code, requestId } = body ?? {};
  return (
    (headers['content-type'] ?? '').startsWith('application/problem+json') &&
    body?.status === status &&
    type === `/docs/problems#${code ?? ''}` &&
    typeof requestId === 'string'
  );
}

/** What is wrong with a refusal, whatever was asked; undefined when it is a problem of RFC 9457 and tells nothing of the inside. */
export function whyWrong(answer: Answer): string | undefined {
  if (answer.status >= 500 && answer.status !== 503) return 'is an error of ours';
  if (answer.status < 400) return undefined;
  const problem = parseProblem(answer.text);
  if (!isProblem(answer, problem)) return 'is no problem+json';
  // The path is the attacker's own words.
  const { instance: _ownWords, ...ours } = problem ?? {};
  return inside.test(JSON.stringify(ours)) ? 'tells of the inside' : undefined;
}

/** The status, and what is wrong with the answer if anything is. */
export function tell(answer: Answer): string {
  const fault = whyWrong(answer);
  return fault === undefined
    ? `${answer.status}`
    : `${answer.status}, which ${fault}: ${answer.text.slice(0, 200)}`;
}

/** What several answers have in common, or all that they differ in. */
export function tellAll(answers: readonly Answer[]): string {
  return [...new Set(answers.map(tell))].sort().join(' or ');
}
