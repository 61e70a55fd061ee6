import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Marked } from 'marked';

const root = join(import.meta.dirname, '..');
const pages = join(import.meta.dirname, 'site');

export interface SiteSources {
  openapi?: string;
  asyncapi?: string;
  problems?: string;
}

/** Writes what Nginx serves by itself: openapi.json, asyncapi.json and the documentation pages. */
export async function buildSite(directory: string, sources: SiteSources = {}): Promise<void> {
  const docs = join(directory, 'docs');
  await mkdir(docs, { recursive: true });
  await writeCompactly(sources.openapi ?? join(root, 'docs/openapi.json'), join(directory, 'openapi.json'));
  await writeCompactly(
    sources.asyncapi ?? join(root, 'docs/asyncapi.json'),
    join(directory, 'asyncapi.json'),
  );
  await copySwaggerUi(docs);
  await copyFile(join(pages, 'docs.html'), join(docs, 'index.html'));
  await copyFile(join(pages, 'start.js'), join(docs, 'start.js'));
  await copyFile(join(pages, 'page.css'), join(docs, 'page.css'));
  await writeProblems(sources.problems ?? join(root, 'docs/problems.md'), docs);
}

/** Without the white space that makes the file in the repository readable: every reader would load it. */
async function writeCompactly(source: string, target: string): Promise<void> {
  const text = await readFile(source, 'utf8').catch((cause: unknown) => {
    throw new Error(`There is no ${source}: write it with npm run openapi.`, { cause });
  });
  await writeFile(target, JSON.stringify(parseDocument(text, source)));
}

function parseDocument(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${source} is not JSON: write it again with npm run openapi.`, { cause });
  }
}

async function copySwaggerUi(docs: string): Promise<void> {
  const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    await copyFile(join(swaggerUi, file), join(docs, file));
  }
}

async function writeProblems(source: string, docs: string): Promise<void> {
  const page = await readFile(join(pages, 'problems.html'), 'utf8');
  const text = renderProblems(await readFile(source, 'utf8'));
  // A function, because a replacement string would give `$` a meaning.
  await writeFile(
    join(docs, 'problems.html'),
    page.replace('<!-- problems -->', () => text),
  );
}

/** Every code is a heading with itself as its id, which is where the `type` of a problem leads. */
export function renderProblems(markdown: string): string {
  const marked = new Marked({
    async: false,
    renderer: {
      heading({ tokens, depth, text }) {
        const id = depth === 2 ? ` id="${text}"` : '';
        return `<h${depth}${id}>${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
    },
  });
  return marked.parse(markdown) as string;
}
