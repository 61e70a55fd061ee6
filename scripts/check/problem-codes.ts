import { filesOf, read, type Breach } from './source.ts';

const DOCUMENT = 'docs/problems.md';
const DECLARATION = /defineProblem\(\s*(?:'([a-z0-9-]+)',\s*(\d{3}),)?/g;

interface Code {
  file: string;
  code: string;
  status: string | undefined;
}

/** Every code that a client can meet has a section in docs/problems.md with its status, and the reverse. */
export function problemCodes(root: string): Breach[] {
  const inCode = [
    ...filesOf(root, /^[a-z-]+[/]src[/].+[.]ts$/).flatMap((file) => declared(root, file)),
    ...ofNginx(root),
  ];
  const documented = new Map(sections(root).map((section) => [section.code, section.status]));
  const known = new Set(inCode.map(({ code }) => code));
  return [
    ...inCode.flatMap((item) => faultsOf(item, documented)),
    ...[...documented.keys()]
      .filter((code) => !known.has(code))
      .map((code) => ({ file: DOCUMENT, message: `${code} is documented, but no code declares it` })),
  ];
}

function faultsOf({ file, code, status }: Code, documented: Map<string, string | undefined>): Breach[] {
  if (code === '') return [{ file, message: 'defineProblem wants its code and status as literals' }];
  if (!documented.has(code)) return [{ file, message: `${code} has no section in ${DOCUMENT}` }];
  const told = documented.get(code);
  if (status === undefined || status === told) return [];
  return [{ file, message: `${code} is ${status}, ${DOCUMENT} says ${told ?? 'no status'}` }];
}

function declared(root: string, file: string): Code[] {
  const text = read(root, file).replace(/function defineProblem\(/g, '');
  return [...text.matchAll(DECLARATION)].map(([, code = '', status]) => ({ file, code, status }));
}

/** Nginx writes its own answers; a map in its template gives each status a code. */
function ofNginx(root: string): Code[] {
  return filesOf(root, /^nginx[/]nginx[.]conf[.]template$/).flatMap((file) => {
    const map = /map \$status \$problem_code \{([^}]*)\}/.exec(read(root, file))?.[1] ?? '';
    const codes = [...map.matchAll(/(?:(\d{3})|default)\s+([a-z0-9-]+);/g)];
    return codes.map(([, status, code = '']) => ({ file, code, status }));
  });
}

function sections(root: string): { code: string; status: string | undefined }[] {
  return filesOf(root, /^docs[/]problems[.]md$/)
    .flatMap((file) => read(root, file).split(/^## /m).slice(1))
    .map((section) => ({
      code: (section.split('\n')[0] ?? '').replaceAll('`', '').trim(),
      status: /^Status: (\d{3})/m.exec(section)?.[1],
    }));
}
