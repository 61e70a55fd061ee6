// A file of its own: the page's content security policy allows no inline script.
globalThis.SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#operations',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  // By default the document would be sent to a foreign host for a badge.
  validatorUrl: null,
});
