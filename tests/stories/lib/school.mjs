// People and devices to begin with.

export const mailOf = (name) => `${name}@orchard.example.org`;

export function peopleCsv(names, more = {}) {
  return ['user_name,display_name,email,department,language,active',
    ...names.map((name) => `${name},${name} Apple,${more[name]?.email ?? mailOf(name)},IT,${more[name]?.language ?? 'en'},${more[name]?.active ?? 'yes'}`)].join('\n');
}

export function devicesCsv(names, more = {}) {
  return ['serial_number,platform,model,os_version,udid,enrolment_type,state,user',
    ...names.map((name, i) => `C02${String(i + 1).padStart(7, '0')},${more[name]?.platform ?? 'iPadOS'},iPad,17.6,,device,${more[name]?.state ?? 'activated'},${name}`)].join('\n');
}

export const names = (count) => Array.from({ length: count }, (_, i) => `u${String(i + 1).padStart(5, '0')}`);

// A location, and people who each have an activated iPad: eligible, but for what `more` says.
export async function school({ twin, pomona }, who = ['ada', 'bob', 'cyd'], { more = {}, channel = 'email', uid = 'first' } = {}) {
  const { token_file: file } = await twin.get(`/control/locations/${uid}`);
  const location = await pomona.addLocation(file);
  await pomona.patch(`/api/v1/locations/${location.id}`, { message_channel: channel });
  await pomona.import('people', peopleCsv(who, more));
  await pomona.import('devices', devicesCsv(who, more));
  return location;
}

// A selection by user names.
export async function chosen(pomona, userNames) {
  const ids = [];
  for (const name of userNames) ids.push((await pomona.person(name)).id);
  return { ids };
}
