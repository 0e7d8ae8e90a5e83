// A plan is applied in part: what is left out is counted, not done, and planned again by the next sync.
import assert from 'node:assert/strict';
import { chosen, mailOf, peopleCsv, school } from './lib/school.mjs';
import { story } from './lib/story.mjs';

const LEFT_OUT = 'Left out when the plan was applied';

// Ada and Bob have new addresses, Cyd is deactivated, Dan accepted without a notice.
async function planned(w) {
  const { twin, pomona } = w;
  const who = ['ada', 'bob', 'cyd', 'dan'];
  const location = await school(w, who);
  const job = await pomona.does('invite', { location: location.id, selection: await chosen(pomona, who) });
  assert.equal(job.state, 'done', JSON.stringify(job));
  await pomona.does('sync', { location: location.id });
  await twin.knobs({ notify_lost_percent: 100 });
  await twin.accept({ email: mailOf('dan'), account: 'dan@store.example' });
  await pomona.import('people', peopleCsv(['ada', 'bob', 'cyd'], {
    ada: { email: 'ada.new@orchard.example.org' }, bob: { email: 'bob.new@orchard.example.org' }, cyd: { active: 'no' },
  }));
  const plan = await pomona.does('sync', { location: location.id, mode: 'plan' });
  assert.equal(plan.state, 'planned', JSON.stringify(plan));
  assert.equal(plan.total, 4);
  const items = await pomona.items(plan);
  const of = Object.fromEntries(items.map((i) => [i.person.display_name.split(' ')[0], i]));
  return { location, plan, of };
}

const applied = async (pomona, plan, part) => {
  await pomona.post(`/api/v1/jobs/${plan.id}/apply`, part);
  return pomona.job(plan.id);
};

story('only the kinds that were picked are done, the rest comes with the next plan', async (w) => {
  const { twin, pomona } = w;
  const { location, plan, of } = await planned(w);
  const job = await applied(pomona, plan, { only: { kinds: ['update', 'note_associated'] }, except: { items: [of.bob.id] } });
  assert.deepEqual([job.state, job.part, job.total, job.done, job.failed, job.skipped], ['done', true, 4, 2, 0, 2], JSON.stringify(job));
  const items = await pomona.items(job);
  const left = items.filter((i) => i.state === 'skipped');
  assert.deepEqual(left.map((i) => i.id).sort(), [of.bob.id, of.cyd.id].sort());
  assert.deepEqual(new Set(left.map((i) => i.reason)), new Set([LEFT_OUT]));
  assert.equal((await twin.users('email=ada.new@orchard.example.org')).length, 1);
  assert.equal((await twin.users('email=bob.new@orchard.example.org')).length, 0);
  assert.notEqual((await twin.users(`email=${mailOf('cyd')}`))[0].status, 'Retired');
  const row = (await pomona.get('/api/v1/audit')).items.find((r) => r.act === 'jobs.apply');
  assert.deepEqual([row.detail.applied, row.detail.left_out], [2, 2]);

  const next = await pomona.does('sync', { location: location.id, mode: 'plan' });
  assert.deepEqual((await pomona.items(next)).map((i) => i.kind).sort(), ['retire', 'update']);
});

story('a note that was left out is seen by the next sync, though Apple reports changes only', async (w) => {
  const { pomona } = w;
  const { location, plan, of } = await planned(w);
  const job = await applied(pomona, plan, { except: { items: [of.dan.id] } });
  assert.deepEqual([job.state, job.done, job.skipped], ['done', 3, 1], JSON.stringify(job));
  await pomona.does('sync', { location: location.id });
  await pomona.shows('dan', 'Associated', (p) => p.vpp.state === 'associated');
});

story('a part that is none is refused, and the plan stays', async (w) => {
  const { pomona } = w;
  const { plan, of } = await planned(w);
  const refused = async (body, status, type) => {
    const answer = await pomona.ask('POST', `/api/v1/jobs/${plan.id}/apply`, body);
    assert.deepEqual([answer.status, answer.body.type], [status, `/problems/${type}`], JSON.stringify(answer.body));
  };
  await refused({ only: { kinds: ['adopt'] } }, 409, 'job.nothing_chosen');
  await refused({ only: { items: [of.ada.id, 4242] } }, 409, 'job.not_in_plan');
  await refused({ except: { items: Object.values(of).map((i) => i.id) } }, 409, 'job.nothing_chosen');
  await refused({ only: { kinds: ['create'] } }, 400, 'body.value');
  await refused({ only: { kinds: ['update'], items: [of.ada.id] } }, 400, 'body.value');
  await refused({ only: { items: [] } }, 400, 'body.value');
  await refused({ only: {} }, 400, 'body.value');
  await refused({ kinds: ['update'] }, 400, 'body.unknown_member');
  const job = await pomona.get(`/api/v1/jobs/${plan.id}`);
  assert.deepEqual([job.state, job.skipped, job.part], ['planned', 0, false]);
});

story('the command line applies a part', async (w) => {
  const { twin, pomona } = w;
  const { plan, of } = await planned(w);
  const wrong = await pomona.cli('jobs', 'apply', String(plan.id), '--kind', 'update', '--only', '1');
  assert.equal(wrong.code, 2, wrong.stderr);
  const done = await pomona.cli('jobs', 'apply', String(plan.id), '--only', String(of.ada.id), String(of.cyd.id), '--except', String(of.cyd.id), '--wait');
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /Skipped:\s+3/);
  assert.equal((await twin.users('email=ada.new@orchard.example.org')).length, 1);
});

story('a row that comes of another one is part of the job, and the job ends with it', async (w) => {
  const { twin, pomona } = w;
  const location = await school(w, ['ada']);
  await pomona.does('invite', { location: location.id, selection: await chosen(pomona, ['ada']) });
  await twin.knobs({ notify_lost_percent: 100 });
  await twin.accept({ email: mailOf('ada') });
  await pomona.patch(`/api/v1/people/${(await pomona.person('ada')).id}`, { email: 'ada.new@orchard.example.org' });
  await twin.fault({ kind: 'status', status: 503, retry_after: 1, operation: 'users.update' });
  const job = await pomona.does('sync', { location: location.id });
  assert.deepEqual([job.state, job.total, job.done], ['done', 2, 2], JSON.stringify(job));
  assert.equal((await pomona.person('ada')).vpp.state, 'associated');
  assert.equal((await twin.users('email=ada.new@orchard.example.org')).length, 1);
});
