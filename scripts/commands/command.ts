interface Described {
  /** One sentence for the usage. */
  description: string;
}

interface Flag extends Described {
  type: 'boolean';
}

interface WithValue extends Described {
  /** Stands for the value in the usage. */
  value: string;
  /** The usage shows it; a command whose default depends on the checkout computes that itself. */
  default?: string | number;
  required?: true;
}

interface Text extends WithValue {
  /** `path` refuses a value that begins with `-`; `url` takes http and https; `encoding` is a label of the WHATWG. */
  type: 'text' | 'path' | 'url' | 'encoding';
  pattern?: RegExp;
}

interface Amount extends WithValue {
  type: 'integer' | 'number';
  min: number;
  max: number;
}

interface Choice extends WithValue {
  type: 'choice';
  choices: readonly string[];
}

export type Option = Flag | Text | Amount | Choice;

export interface Positionals extends Described {
  /** Stands for one of them in the usage. */
  value: string;
  /** `one` is required; `any` number may be left out. */
  count: 'one' | 'any';
  choices?: readonly string[];
}

/** What a command takes. This is data: the usage, the checks and the types of the values derive from it. */
export interface Command {
  /** How a user types it, without its arguments. */
  call: string;
  summary: string;
  /** The module that runs; none when installing the packages is the whole command. */
  script?: string;
  options: Readonly<Record<string, Option>>;
  positionals?: Positionals;
  /** The program that takes every option that is not declared here. */
  passesTo?: 'Jest';
}

type ValueOf<O extends Option> = O extends { type: 'boolean' }
  ? boolean
  : O extends { type: 'integer' | 'number' }
    ? number
    : O extends { choices: readonly (infer C)[] }
      ? C
      : string;

/** A flag is false when it is not given. Another option is undefined unless it has a default or is required. */
export type Values<C extends Command> = {
  -readonly [Name in keyof C['options']]: C['options'][Name] extends
    { type: 'boolean' } | { default: unknown } | { required: true }
    ? ValueOf<C['options'][Name]>
    : ValueOf<C['options'][Name]> | undefined;
};

/** What parseCommand makes of the words after a command's name. */
export type Parsed =
  | { kind: 'run'; values: Record<string, string | number | boolean | undefined>; positionals: string[] }
  | { kind: 'help'; text: string }
  | { kind: 'refused'; text: string };
