// Token custody: the end of a token is told in time, at each step once.
import assert from 'node:assert/strict';
import { story } from './lib/story.mjs';
import { waitFor } from './lib/wait.mjs';

const day = 24 * 60 * 60 * 1000;
const at = (location) => `/api/v1/locations/${location.id}`;

story('a token that ends in 20 days is shown as expiring, and the log is warned once', async ({ twin, pomona, expectLog }) => {
  expectLog(/token_expiring/);
  const { token_file: short } = await twin.post('/control/locations/first/tokens', { expires_in_ms: 20 * day });
  const location = await pomona.addLocation(short);
  assert.equal(location.token.state, 'expiring');
  assert.equal(location.token.warn_days, 30);
  const warnings = () => pomona.program.text().split('location.token_expiring').length - 1;
  await waitFor('the warning', () => warnings() === 1);
  // A restart is no new step.
  await pomona.program.stop();
  await pomona.start();
  await pomona.does('sync', { location: location.id });
  assert.equal(warnings(), 1);
  const { token_file: fresh } = await twin.post('/control/locations/first/tokens', { expires_in_ms: 300 * day });
  const renewed = await pomona.good('PUT', `${at(location)}/token`, fresh, { type: 'application/octet-stream' });
  assert.equal(renewed.token.state, 'valid');
  assert.equal(renewed.token.warn_days, null);
});
