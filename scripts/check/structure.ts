import { documentSize } from './document-size.ts';
import { entrySize } from './entry-size.ts';
import { environment } from './environment.ts';
import { featureFolders } from './feature-folders.ts';
import { fileNames } from './file-names.ts';
import { fileSize } from './file-size.ts';
import { kitSize } from './kit-size.ts';
import { kitWords } from './kit-words.ts';
import { problemCodes } from './problem-codes.ts';
import { settings } from './settings.ts';
import type { Rule } from './source.ts';
import { typeCoverage } from './type-coverage.ts';
import { useCases } from './use-cases.ts';

/** The rules of the tree that no ready-made tool knows. */
export const structure: Rule[] = [
  documentSize,
  entrySize,
  environment,
  featureFolders,
  fileNames,
  fileSize,
  kitSize,
  kitWords,
  problemCodes,
  settings,
  typeCoverage,
  useCases,
];
