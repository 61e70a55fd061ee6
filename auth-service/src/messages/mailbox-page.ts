import type { SpooledMessage } from './messages.queries.ts';

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? '');

function renderMessage({ to, channel, subject, text, createdAt }: SpooledMessage): string {
  const lines = escapeHtml(text).replaceAll('\n', '<br />');
  return `<h2>${escapeHtml(subject)}</h2>
<p>${escapeHtml(channel)} to ${escapeHtml(to)}, <time>${escapeHtml(createdAt)}</time></p>
<p>${lines}</p>`;
}

/** The development mailbox as a page. It loads the style of the documentation pages, and no script. */
export function mailboxPage(messages: readonly SpooledMessage[]): string {
  const content = messages.map(renderMessage).join('\n') || '<p>Nothing has been sent yet.</p>';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>Tradepost mailbox</title>
<link rel="icon" href="data:," />
<link rel="stylesheet" href="/docs/page.css" />
</head>
<body>
<header class="bar">
<strong>Tradepost</strong>
<nav><a href="/dev/mail" aria-current="page">Mailbox</a> <a href="/docs">API</a></nav>
</header>
<main class="text">
${content}
</main>
</body>
</html>
`;
}
