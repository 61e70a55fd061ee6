import { filesOf, type Breach } from './source.ts';

const LIMIT = 20;
const INSIDE_A_FEATURE = /^[a-z-]+-(service|simulator)[/]src[/][^/]+[/]/;

/** A feature is one flat folder of at most 20 files. */
export function featureFolders(root: string): Breach[] {
  const files = filesOf(root, INSIDE_A_FEATURE);
  const features = Map.groupBy(files, (file) => file.split('/').slice(0, 3).join('/'));
  return [
    ...files
      .filter((file) => file.split('/').length > 4)
      .map((file) => ({ file, message: 'folder in a feature' })),
    ...[...features]
      .filter(([, inside]) => inside.length > LIMIT)
      .map(([file, inside]) => ({ file, message: `${inside.length} files, at most ${LIMIT}` })),
  ];
}
