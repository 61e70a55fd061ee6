import { config, createLogger as createWinston, format, transports } from 'winston';
import { currentContext } from './request-context.ts';

export interface Logger {
  error(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  debug(message: string, fields?: object): void;
}

/** Winston writes an Error as {} and drops its cause: spell both out. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause === undefined ? {} : { cause: plainError(cause) }) };
}

const withContext = format((line) => {
  const { requestId } = currentContext() ?? {};
  if (requestId !== undefined) line.requestId = requestId;
  if (line.error !== undefined) line.error = plainError(line.error);
  return line;
});

/**
 * A logger of JSON lines on standard output, each with the id of the request it belongs to.
 * @param service name that every line carries
 * @param level least severe level that is written
 */
export function createLogger(service: string, level: string): Logger {
  return createWinston({
    level,
    levels: config.npm.levels,
    defaultMeta: { service },
    format: format.combine(withContext(), format.timestamp(), format.json()),
    transports: [new transports.Console()],
  });
}
