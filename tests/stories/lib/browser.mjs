// Requests as a browser makes them: a cookie, and the token that was given with it.
export class Browser {
  constructor(url) { Object.assign(this, { url, cookie: '', csrf: '' }); }

  async ask(method, path, body, headers = {}) {
    const answer = await fetch(this.url + path, {
      method, redirect: 'manual', body: body && JSON.stringify(body),
      headers: { origin: this.url, ...(body && { 'content-type': 'application/json' }), ...(this.cookie && { cookie: this.cookie }),
        ...(method !== 'GET' && this.csrf && { 'x-csrf-token': this.csrf }), ...headers },
    });
    this.setCookie = answer.headers.get('set-cookie') ?? this.setCookie;
    if (answer.headers.has('set-cookie')) this.cookie = answer.headers.get('set-cookie').split(';')[0];
    const text = await answer.text();
    const json = text.startsWith('{') ? JSON.parse(text) : undefined;
    if (json?.csrf_token) this.csrf = json.csrf_token;
    return { status: answer.status, body: json ?? text, headers: answer.headers };
  }
}

// What the server prints until there is an owner.
export const setupCode = (pomona) => /Set-up code: +(\S+)/.exec(pomona.program.text())?.[1];
