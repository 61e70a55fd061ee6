import { assertDocumented } from './openapi-contract.ts';

/** fetch, and an answer below /api/v1 that does not fit docs/openapi.json is an error. */
export async function checkedFetch(url: string | URL, init?: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  const { pathname } = new URL(url);
  if (!pathname.startsWith('/api/v1/')) return answer;
  assertDocumented({
    method: (init?.method ?? 'GET').toUpperCase(),
    path: pathname,
    status: answer.status,
    contentType: answer.headers.get('Content-Type'),
    body: await answer.clone().text(),
  });
  return answer;
}
