// CommonJS, which Node loads from any path: it loads no ES module from one with a backslash, so that this refusal comes from here.
const { dirname } = require('node:path');

if (__dirname.includes('\\')) {
  console.error(
    `Node loads no modules from a path with a backslash: move the checkout ${dirname(__dirname)} to another path.`,
  );
  process.exit(1);
}
void import('./commands/launch.js').then(({ launch }) => launch(process.argv.slice(2)));
