/** A fault the user can mend: its message is one sentence that says what to do next, shown without a stack. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
