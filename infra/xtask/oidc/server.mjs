// oidc-provider, a certified OpenID provider that others wrote, with one client and one person who
// always says yes. Holds test data only.
//
//   node server.mjs PORT REDIRECT_URI

import { createRequire } from 'node:module';
import http from 'node:http';

// It is installed under target/, away from this file.
const { default: Provider } = await import(createRequire(`${process.cwd()}/`).resolve('oidc-provider'));

const [port, redirectUri] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'center',
    client_secret: 'open sesame: 100%',
    redirect_uris: [redirectUri],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_basic',
  }],
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: 'canary@example.org' }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
});

/** Logs the one person in, and consents to what is asked for. */
async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'ada-at-example' } });
  }
  const known = grantId ? await provider.Grant.find(grantId) : undefined;
  const grant = known ?? new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope('openid');
  const result = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

const others = provider.callback();
http.createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return others(request, response);
  return interact(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
}).listen(Number(port), '127.0.0.1');
